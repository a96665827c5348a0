// See cli.h.
#include "common/cli.h"

#include <cstdio>
#include <errno.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include "common/log.h"

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
  if (is_log_json())
    spdlog::error("{}", error.what);
  else
    fmt::print(stderr, "{}: {}\n", program_invocation_short_name, error.what);
  return exit_code;
}

void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace mandel
