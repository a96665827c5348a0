// See metrics_page.h.
#include "common/program/metrics_page.h"

#include <spdlog/spdlog.h>

namespace mandel {

HttpResponse metrics_page(const Metrics& metrics, const HttpRequest& request) {
  if (request.path != "/metrics") return {.status = 404, .body = "the metrics are at /metrics\n"};
  return {.type = "text/plain; version=0.0.4; charset=utf-8", .body = metrics.text()};
}

Result<std::unique_ptr<HttpServer>> serve_metrics_if_wanted(const std::string& text,
                                                            const Metrics& metrics) {
  if (text.empty()) return nullptr;
  auto server = HttpServer::start({.option = "--metrics",
                                   .text = text,
                                   .guard = {.allows_any_host = true},
                                   .handler = [&metrics](const HttpRequest& request) {
                                     return metrics_page(metrics, request);
                                   }});
  if (server) spdlog::info("metrics are at http://{}/metrics", (*server)->address().text());
  return server;
}

}  // namespace mandel
