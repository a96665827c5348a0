// See log.h.
#include "common/program/log.h"

#include <chrono>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <string_view>

#include "common/program/streams.h"

namespace mandel {
namespace {

bool is_json = false;

// Not spdlog's own sink for terminals: that waits for one that stalls, and the loop with it.
class MessageSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit MessageSink(bool has_colour) : has_colour_(has_colour) {}

 private:
  void sink_it_(const spdlog::details::log_msg& entry) override {
    spdlog::memory_buf_t line;
    formatter_->format(entry, line);
    std::string text(line.data(), line.size());
    if (has_colour_ && entry.color_range_end > entry.color_range_start) {
      text.insert(entry.color_range_end, "\x1b[m");
      text.insert(entry.color_range_start, colour_of(entry.level));
    }
    show_message(text);
  }
  void flush_() override {}

  static const char* colour_of(spdlog::level::level_enum level) {
    switch (level) {
      case spdlog::level::err:
        return "\x1b[31m\x1b[1m";
      case spdlog::level::warn:
        return "\x1b[33m\x1b[1m";
      case spdlog::level::info:
        return "\x1b[32m";
      default:
        return "\x1b[36m";
    }
  }

  const bool has_colour_;
};

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
  auto logger = std::make_shared<spdlog::logger>(
      "mandel", std::make_shared<MessageSink>(wants_colour() && !is_json));
  if (is_json) {
    logger->set_formatter(std::make_unique<JsonFormatter>());
  } else {
    // On a terminal a progress bar may stand on the line: overwrite it.
    const char* clear_line = has_terminal() ? "\r\x1b[K" : "";
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
