// Where logs go and in which form. Standard error, since standard output is for results; for people
// by default, or as JSON lines for what collects logs. The format is the process's, like spdlog's
// default logger itself, because complaints made far from any option must follow it.
#pragma once

#include <spdlog/formatter.h>
#include <string>

namespace mandel {

enum class LogFormat { kHuman, kJson };

// Makes spdlog's default logger write to stderr.
void log_to_stderr(bool is_verbose, LogFormat format);

// Is stderr for programs, where nothing but log lines may appear?
bool is_log_json();

// One JSON object a line: "ts" (ISO 8601, UTC, microseconds), "level", "message". What is no UTF-8
// in a message is replaced.
class JsonFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& entry, spdlog::memory_buf_t& line) override;
  std::unique_ptr<spdlog::formatter> clone() const override;
};

}  // namespace mandel
