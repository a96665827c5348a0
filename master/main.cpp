// mandel-master: one job, or a sweep, the doctor, other colours or lines, as the command line says.
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <variant>

#include "common/base/malloc_tuning.h"
#include "common/base/text.h"
#include "common/program/cli.h"
#include "common/program/config.h"
#include "common/program/door.h"
#include "common/program/log.h"
#include "common/program/streams.h"
#include "master/chunks/precision.h"
#include "master/cli/command_line.h"
#include "master/doctor/command.h"
#include "master/job/command.h"
#include "master/job/job_files.h"
#include "master/lines/command.h"
#include "master/live/live_page.h"
#include "master/parent.h"
#include "master/recipe/recipe.h"
#include "master/recolour/command.h"
#include "master/stage.h"
#include "master/sweep/command.h"

namespace {

using namespace mandel;

void remark_on_precision(const Options& options, const Job& job, const Axes& axes) {
  if (semantics_of(job) == kExactF64) {
    if (const auto remark = precision_remark(axes); !remark.empty()) spdlog::warn("{}", remark);
  } else if (options.is_made_deep) {
    spdlog::info("64-bit numbers can't tell the view's pixels apart: computing true-count");
  }
}

// The page that shows what happens; null if nobody wants it.
Result<std::unique_ptr<LivePage>> page_of(const Options& options, const Rendering& rendering) {
  if (!options.live && options.live_save.empty()) return nullptr;
  return LivePage::start({.address = options.live,
                          .is_public = options.live_is_public,
                          .save = options.live_save,
                          .rendering = rendering});
}

int compute(const Options& options) {
  auto spec = job_spec_of(options);
  if (!spec) return complain(spec.error(), kExitUsage);
  if (const auto checked = check_files(options, *spec); !checked)
    return complain(checked.error(), kExitUsage);
  if (!spec->remark.empty()) spdlog::warn("{}", spec->remark);
  remark_on_precision(options, spec->header.job, *spec->axes);
  Stage stage;
  const auto live = page_of(options, spec->rendering);
  if (!live) return complain(live.error(), kExitUsage);
  const std::size_t chunk_bytes_max =
      options.chooses_chunks ? kChunkBytesMax : spec->chunk_bytes_max();
  if (const auto ready = stage.set(options, chunk_bytes_max, semantics_of(spec->header.job));
      !ready)
    return complain(ready.error(), kExitUsage);
  return stage.leave(
      run_job(options, *std::move(spec), stage.crew(), stage.signals(), live->get()));
}

int sweep(const Options& options) {
  const SweepJob job = sweep_job(options);
  if (const auto checked = check_report(options); !checked)
    return complain(checked.error(), kExitUsage);
  auto report = open_report(options);
  if (!report) return complain(report.error(), kExitOutput);
  Stage stage;
  const auto live = page_of(options, options.rendering);
  if (!live) return complain(live.error(), kExitUsage);
  remark_on_precision(options, job.job, *job.axes);
  if (const auto ready = stage.set(options, job.chunk_bytes_max(), semantics_of(job.job)); !ready)
    return complain(ready.error(), kExitUsage);
  stage.crew().gather(stage.signals());
  return stage.leave(
      run_sweep(options, job, *std::move(report), stage.crew(), stage.signals(), live->get()));
}

int lines(const Options& options) {
  if (options.lines == LinesStep::kSplit)
    remark_on_precision(options, options.job, axes_of(options.job));
  return run_lines(options);
}

// How these pictures were made.
int show(const std::vector<std::string>& files) {
  int exit_code = kExitDone;
  for (const std::string& file : files) {
    const auto recipe = read_recipe(file);
    if (recipe)
      print_result(fmt::format("{}\n{}  again       mandel-master --again {}\n", printable(file),
                               in_words(*recipe), shell_word(file)));
    else
      exit_code = complain({"info: " + recipe.error().what}, kExitUsage);
  }
  return exit_code;
}

int run(int argc, char** argv) {
  keep_freed_memory();
  const auto options = parse_options(argc, argv);
  if (const int* exit_code = std::get_if<int>(&options)) return *exit_code;
  const Options& chosen = std::get<Options>(options);
  log_to_stderr(chosen.is_verbose, chosen.log_format);
  for (const std::string& remark : take_config_remarks()) spdlog::warn("{}", remark);
  if (chosen.parent != 0)
    if (const auto watched = end_with(static_cast<pid_t>(chosen.parent)); !watched)
      return complain(watched.error(), kExitFailure);
  if (!chosen.shown.empty()) return show(chosen.shown);
  if (chosen.is_doctor) return run_doctor(chosen);
  if (!chosen.recolour.empty()) return run_recolour(chosen);
  if (chosen.lines) return lines(chosen);
  return chosen.sweep ? sweep(chosen) : compute(chosen);
}

}  // namespace

int main(int argc, char** argv) { return run_program(run, argc, argv); }
