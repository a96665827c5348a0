// See log.h.
#include "common/program/log.h"

#include <chrono>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <string_view>
#include <unistd.h>

namespace mandel {
namespace {

bool is_json = false;

std::string utc_text(std::chrono::system_clock::time_point time) {
  using std::chrono::microseconds;
  const auto since_epoch = std::chrono::floor<microseconds>(time.time_since_epoch());
  const auto whole = std::chrono::floor<std::chrono::seconds>(since_epoch);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z",
                     fmt::gmtime(static_cast<std::time_t>(whole.count())),
                     (since_epoch - whole).count());
}

}  // namespace

void log_to_stderr(bool is_verbose, LogFormat format) {
  is_json = format == LogFormat::kJson;
  auto logger = spdlog::stderr_color_mt("mandel");
  if (is_json) {
    logger->set_formatter(std::make_unique<JsonFormatter>());
  } else {
    // On a terminal a progress bar may stand on the line: overwrite it.
    const char* clear_line = isatty(STDERR_FILENO) == 1 ? "\r\x1b[K" : "";
    logger->set_pattern(fmt::format("{}%H:%M:%S.%e %^%l%$ %v", clear_line));
  }
  logger->set_level(is_verbose ? spdlog::level::debug : spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

bool is_log_json() { return is_json; }

void JsonFormatter::format(const spdlog::details::log_msg& entry, spdlog::memory_buf_t& line) {
  const auto level = spdlog::level::to_string_view(entry.level);
  const nlohmann::ordered_json json = {
      {"ts", utc_text(entry.time)},
      {"level", std::string_view(level.data(), level.size())},
      {"message", std::string_view(entry.payload.data(), entry.payload.size())}};
  const std::string text =
      json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  line.append(text.data(), text.data() + text.size());
}

std::unique_ptr<spdlog::formatter> JsonFormatter::clone() const {
  return std::make_unique<JsonFormatter>();
}

}  // namespace mandel
