// Shows a daemon's metrics to Prometheus, at /metrics. Under any Host, since Prometheus is told
// names that this machine does not know, and figures are all there is.
#pragma once

#include <memory>
#include <string>

#include "common/base/error.h"
#include "common/http/server.h"
#include "common/program/metrics.h"

namespace mandel {

HttpResponse metrics_page(const Metrics& metrics, const HttpRequest& request);

// Serves it at HOST:PORT, as --metrics has it, and logs where; null if `text` is empty. `metrics`,
// and what its readers read, must outlive the server.
Result<std::unique_ptr<HttpServer>> serve_metrics_if_wanted(const std::string& text,
                                                            const Metrics& metrics);

}  // namespace mandel
