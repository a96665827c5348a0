// See command.h.
#include "master/sweep/command.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <spdlog/spdlog.h>

#include "common/program/cli.h"
#include "common/program/streams.h"
#include "master/chunks/chunk_count.h"
#include "master/chunks/precision.h"
#include "master/job/command.h"
#include "master/job/job_spec.h"
#include "master/sweep/derived.h"
#include "master/sweep/finding.h"
#include "master/sweep/model.h"
#include "master/sweep/plots.h"
#include "master/sweep/table.h"

namespace mandel {
namespace {

std::string codec_of(const Crew& crew) {
  std::size_t used = 0;
  std::size_t raw = 0;
  for (const auto& host : crew) {
    if (!host->was_ever_ready()) continue;
    ++used;
    raw += host->encoding() == wire::RAW_U32 ? 1 : 0;
  }
  return raw == used ? "raw" : raw == 0 ? "lz4" : "mixed";
}

void describe(Sweep& sweep, const Options& options, const SweepJob& job, const Crew& crew) {
  sweep.job = in_words(options.job, job.size());
  sweep.codec = codec_of(crew);
}

// For the report, which knows nothing of the fit itself.
FitView view_of(const Fit& model) {
  struct Shown {
    const char* name;
    const char* unit;
    double scale;
  };
  constexpr Shown kShown[kTerms] = {{"start-up", "ms", 1e-6},
                                    {"each chunk", "µs", 1e-3},
                                    {"each byte", "ns", 1},
                                    {"computing", "of lane time / lanes", 1},
                                    {"the dearest chunk", "of its lane time", 1}};
  FitView view;
  for (std::size_t term = 0; term < kTerms; ++term)
    view.coefficients.push_back(
        {kShown[term].name, kShown[term].scale * model.coefficients[term].value,
         kShown[term].scale * model.coefficients[term].error, kShown[term].unit});
  for (const FittedPoint& point : model.points)
    view.points.push_back({point.chunks, point.predicted_ns * 1e-9});
  const std::uint32_t last = model.points.back().chunks;
  for (std::uint32_t chunks = model.points.front().chunks; chunks <= last;
       chunks += std::max(1u, chunks / 16))
    view.curve.push_back({chunks, model.predict_ns(chunks) * 1e-9});
  view.best_chunks = model.best_chunks();
  return view;
}

// The page shows the run that begins.
void begin_page(LiveRecorder& recorder, const Options& options, const SweepJob& job,
                LiveSweep& progress, std::uint32_t chunks) {
  progress.current = chunks == 0 ? "--chunks auto" : chunks_text(chunks);
  recorder.set_sweep(progress);
  recorder.begin(live_job(options.job, job.size(), job.axes, chunks), unix_milliseconds());
}

// Of the points that have a run.
std::shared_ptr<const std::string> plot_so_far(Sweep sweep) {
  std::erase_if(sweep.points, [](const SweepPoint& point) { return point.runs.empty(); });
  return std::make_shared<const std::string>(wall_plot(sweep, nullptr).file_text());
}

// How `--chunks auto` did beside the counts that were tried; empty if it was not asked to.
std::string auto_text(const Sweep& sweep) {
  if (sweep.autos.empty()) return "";
  std::vector<const AutoRun*> order;
  for (const AutoRun& run : sweep.autos) order.push_back(&run);
  std::ranges::sort(order, {}, [](const AutoRun* run) { return run->wall_ns; });
  const AutoRun& median = *order[(order.size() - 1) / 2];
  const Nanoseconds best = best_point(sweep).median().wall_ns;
  return fmt::format("--chunks auto: {:.2f} ms, {:.3f} of the best; it chose after {:.2f} ms. {}\n",
                     1e3 * seconds(median.wall_ns),
                     static_cast<double>(median.wall_ns) / static_cast<double>(best),
                     1e3 * seconds(median.chosen_ns), median.reason);
}

}  // namespace

SweepJob sweep_job(const Options& options) {
  SweepJob job{.job = options.job,
               .axes = std::make_shared<const Axes>(axes_of(options.job)),
               .chunks = {},
               .has_auto = options.chooses_chunks,
               .repeats = options.sweep->repeats,
               .remark = {}};
  for (const std::uint32_t asked : options.sweep->chunks) {
    ChunkCount count = chunk_count(asked, job.columns(), job.rows());
    job.chunks.push_back(count.chunks);
    if (!count.remark.empty()) job.remark = std::move(count.remark);
  }
  std::ranges::sort(job.chunks);
  const auto doubles = std::ranges::unique(job.chunks);
  job.chunks.erase(doubles.begin(), doubles.end());
  return job;
}

Result<void> check_report(const Options& options) {
  std::vector<FileRole> roles = files_read(options);
  if (!options.live_save.empty()) roles.push_back({"--live-save", options.live_save});
  if (const std::string& folder = options.sweep->report; !folder.empty())
    for (const std::string& path : Report::files_in(folder)) roles.push_back({"--report", path});
  return check_distinct(roles);
}

Result<std::unique_ptr<Report>> open_report(const Options& options) {
  if (options.sweep->report.empty()) return nullptr;
  return Report::open(options.sweep->report);
}

int run_sweep(const Options& options, const SweepJob& job, std::unique_ptr<Report> report,
              Crew& crew, StopSignals& signals, LivePage* live) {
  if (!job.remark.empty()) spdlog::warn("{}", job.remark);
  LiveSweep progress{.runs = job.runs()};
  const SweepWatch watch{
      .begins =
          [&](std::uint32_t chunks) {
            if (live != nullptr) begin_page(live->recorder(), options, job, progress, chunks);
          },
      .ended =
          [&](const Sweep& sweep, std::uint32_t done, std::uint32_t chunks, Nanoseconds wall_ns) {
            if (!options.is_quiet)
              spdlog::info("run {} of {}: {} chunks, {:.2f} ms", done, job.runs(), chunks,
                           1e3 * seconds(wall_ns));
            progress.done = done;
            if (live == nullptr) return;
            Sweep so_far = sweep;
            describe(so_far, options, job, crew);
            progress.plot = plot_so_far(std::move(so_far));
          },
      .observer = live != nullptr ? &live->recorder() : nullptr};
  auto [sweep, unfinished, runs] = measure_sweep(job, crew, options.patience(), signals, watch);
  if (live != nullptr) live->recorder().set_sweep(progress);
  signals.let_interrupt();
  const auto end = [&](int exit_code) {
    if (live == nullptr) return exit_code;
    const std::string ending = unfinished ? fmt::format("Not done: {}.", unfinished->problem)
                                          : fmt::format("Done: {} runs.", runs);
    return end_page(*live, options, exit_code, !unfinished, ending, signals);
  };
  if (sweep.points.empty()) return end(complain({unfinished->problem}, unfinished->exit_code));
  describe(sweep, options, job, crew);
  const auto model = fit(sweep);
  const auto view = model ? std::optional(view_of(*model)) : std::nullopt;
  const auto written = report ? report->write(sweep, view ? &*view : nullptr) : Result<void>();
  signals.let_kill();
  print_result(fmt::format("{}{}\n{}", sweep_table(sweep), auto_text(sweep),
                           model ? fit_text(*model) : model.error().what + "\n"));
  if (!written) complain(written.error(), kExitOutput);
  if (unfinished)
    return end(complain({fmt::format("{}; the figures are of {} of {} runs", unfinished->problem,
                                     runs, job.runs())},
                        unfinished->exit_code));
  return end(written ? kExitDone : kExitOutput);
}

}  // namespace mandel
