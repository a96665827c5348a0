// See cli.h.
#include "common/cli.h"

#include <cstdio>
#include <errno.h>
#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

namespace mandel {

std::optional<int> parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::Success& success) {  // --help and its like
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "{}: {}\nTry '{} --help'.\n", app.get_name(), error.what(), app.get_name());
    return kExitUsage;
  }
}

int complain(const Error& error, int exit_code) {
  fmt::print(stderr, "{}: {}\n", program_invocation_short_name, error.what);
  return exit_code;
}

void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void log_to_stderr(bool verbose) {
  auto logger = spdlog::stderr_color_mt("mandel");
  // On a terminal a progress bar may stand on the line: overwrite it.
  const char* clear_line = isatty(STDERR_FILENO) == 1 ? "\r\x1b[K" : "";
  logger->set_pattern(fmt::format("{}%H:%M:%S.%e %^%l%$ %v", clear_line));
  logger->set_level(verbose ? spdlog::level::debug : spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace mandel
