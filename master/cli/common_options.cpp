// See common_options.h.
#include "master/cli/common_options.h"

#include <fmt/format.h>

#include "common/program/shared_options.h"

namespace mandel {

void add_json_option(CLI::App& app, Options& options) {
  add_path(app, "--json", options.json, "write figures for programs")
      ->type_name("FILE")
      ->group("The results");
}

void add_sum_option(CLI::App& app, Options& options) {
  add_number(app, "--expect-sum", options.expect_sum, std::uint64_t{0}, UINT64_MAX,
             "fail unless the counts add up to this")
      ->type_name("SUM")
      ->group("The results");
}

std::vector<CLI::Option*> add_lane_options(CLI::App& app, LaneChoice& lanes, const char* whose) {
  return {add_number(app, "--threads", lanes.threads, 1u, kLanesMax,
                     fmt::format("CPU lanes{}; default: one for each usable CPU", whose))
              ->type_name("N")
              ->default_str(""),
          app.add_option(
                 "--kernel", lanes.kernel,
                 fmt::format("kernel{}, see mandel-master --list-kernels; auto: the fastest for "
                             "these counts",
                             whose))
              ->type_name("NAME")
              ->capture_default_str(),
          app.add_flag("--require-gpu", lanes.require_gpu,
                       *whose == '\0' ? "fail rather than use the CPU only"
                                      : "fail rather than let the worker inside use the CPU only")};
}

}  // namespace mandel
