// Where logs go and in which form: to standard error, since standard output is for results, and for
// people by default, or as JSON lines for programs that collect logs. The format is the process's,
// like spdlog's default logger, because complaints made far from any option must follow it.
#pragma once

#include <memory>
#include <spdlog/formatter.h>

namespace mandel {

enum class LogFormat { kHuman, kJson };

// Makes spdlog's default logger write to stderr.
void log_to_stderr(bool is_verbose, LogFormat format);

// Do programs read stderr? Then nothing but log lines may appear there.
bool is_log_json();

// One JSON object a line: "ts" (ISO 8601, UTC, microseconds), "level", "message". Bytes that are
// not UTF-8 are replaced.
class JsonFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& entry, spdlog::memory_buf_t& line) override;
  std::unique_ptr<spdlog::formatter> clone() const override;
};

}  // namespace mandel
