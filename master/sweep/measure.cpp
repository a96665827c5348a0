// See measure.h.
#include "master/sweep/measure.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "common/base/random.h"
#include "common/program/cli.h"
#include "master/auto_chunks/auto_chunks.h"
#include "master/job/run.h"

namespace mandel {
namespace {

struct OneRun {
  Outcome outcome;
  RunFigures figures;
  Nanoseconds chosen = 0;  // when `--chunks auto` did
};

// What all runs have in common.
struct Setting {
  const SweepJob& job;
  Crew& crew;
  Nanoseconds patience;
  StopSignals& signals;
  const SweepWatch& watch;
};

// How a run's picture is cut, or who cuts it.
struct Way {
  Chunking chunking;
  AutoChunks* auto_chunks = nullptr;

  std::string name() const {
    return auto_chunks != nullptr ? "--chunks auto" : fmt::format("{} chunks", chunking.chunks());
  }
};

// Keeps a run's figures, and lets `--chunks auto` learn from them.
class Measuring final : public RunObserver {
 public:
  Measuring(RunFigures& figures, AutoChunks* auto_chunks)
      : figures_(figures), auto_chunks_(auto_chunks) {}

  void came(const ChunkTimes& times) override {
    if (auto_chunks_ != nullptr) auto_chunks_->take(times);
    figures_.chunks.push_back(times);
  }

 private:
  RunFigures& figures_;
  AutoChunks* auto_chunks_;  // may be null
};

OneRun run_once(const Setting& setting, const Way& way) {
  const SweepJob& job = setting.job;
  if (setting.watch.begins)
    setting.watch.begins(way.auto_chunks != nullptr ? 0 : way.chunking.chunks());
  OneRun one;
  Wakeup wakeup;
  Writer nowhere({.chunking = way.chunking, .columns = job.columns()}, wakeup);
  const auto choose_rest = [&](bool must) {
    const auto chunks = way.auto_chunks->choose_rest(must);
    if (chunks) one.chosen = steady_now();
    return chunks;
  };
  Measuring measuring(one.figures, way.auto_chunks);
  std::vector<RunObserver*> observers = {&measuring};
  if (setting.watch.observer != nullptr) observers.push_back(setting.watch.observer);
  Run run(setting.crew,
          {.job = job.job,
           .job_id = random_number() | 1,
           .axes = job.axes,
           .chunking = way.chunking,
           .choose_rest = choose_rest,
           .patience = setting.patience,
           .is_quiet = true,
           .observers = std::move(observers)},
          nowhere, wakeup, setting.signals);
  one.outcome = run.run();
  RunFigures& figures = one.figures;
  figures.wall_ns = one.outcome.wall_ns;
  figures.master_cpu_ns = one.outcome.cpu_ns;
  figures.split = one.outcome.split();
  for (const WorkerTotals& totals : one.outcome.workers) {
    figures.bytes_in += totals.bytes_in;
    figures.bytes_out += totals.bytes_out;
    figures.iterations += totals.iterations;
  }
  return one;
}

Unfinished unfinished(const Outcome& outcome, const Way& way) {
  const std::string problem =
      outcome.problem.empty() ? "chunks could not be computed" : outcome.problem;
  return {outcome.exit_code == kExitDone ? kExitVerification : outcome.exit_code,
          fmt::format("{}, in the run with {}", problem, way.name())};
}

// A run that came to its end, with the sum that is expected, if one is.
tl::expected<OneRun, Unfinished> run_sound(const Setting& setting, const Way& way,
                                           std::optional<std::uint64_t> sum) {
  OneRun one = run_once(setting, way);
  if (one.outcome.exit_code != kExitDone || !one.outcome.set_aside.empty())
    return tl::unexpected(unfinished(one.outcome, way));
  if (sum && one.outcome.sum != *sum)
    return tl::unexpected(
        Unfinished{kExitVerification, fmt::format("the sum of the counts was {} before, and {} "
                                                  "in the run with {}",
                                                  *sum, one.outcome.sum, way.name())});
  return one;
}

// What `--chunks auto` does before the job is on the clock.
tl::expected<AutoRun, Unfinished> run_auto(const Setting& setting, std::uint64_t sum) {
  const SweepJob& job = setting.job;
  const Nanoseconds began = steady_now();
  AutoChunks auto_chunks(setting.crew, job.job, *job.axes, job.chunks.front());
  const Nanoseconds before_ns = steady_now() - began;
  const auto one = run_sound(setting, {auto_chunks.chunking(), &auto_chunks}, sum);
  if (!one) return tl::unexpected(one.error());
  return AutoRun{std::max<Nanoseconds>(0, one->chosen - began), before_ns + one->figures.wall_ns,
                 auto_chunks.reason()};
}

std::vector<SweepWorker> workers_of(const Outcome& outcome) {
  std::vector<SweepWorker> workers;
  for (const WorkerTotals& totals : outcome.workers)
    workers.push_back({totals.label, totals.kernel, totals.lanes});
  return workers;
}

}  // namespace

std::size_t SweepJob::chunk_bytes_max() const {
  if (has_auto) return kChunkBytesMax;  // nobody knows yet what it chooses
  return std::size_t{Chunking(rows(), chunks.front()).band_rows_max()} * columns() *
         sizeof(std::uint32_t);
}

namespace {

// The warm-up, and all runs into `result`.
tl::expected<void, Unfinished> measure_runs(const Setting& setting, SweepResult& result) {
  const SweepJob& job = setting.job;
  Sweep& sweep = result.sweep;
  const std::uint32_t middle = job.chunks[job.chunks.size() / 2];
  const auto warm_up = run_sound(setting, {{job.rows(), middle}}, {});
  if (!warm_up) return tl::unexpected(warm_up.error());
  setting.crew.freeze();  // runs with different workers could not be compared
  sweep.sum = warm_up->outcome.sum;
  for (std::uint32_t done = 0; done < job.runs(); ++done) {
    SweepPoint& point = sweep.points[done % sweep.points.size()];
    auto one = run_sound(setting, {{job.rows(), point.chunks}}, sweep.sum);
    if (!one) return tl::unexpected(one.error());
    sweep.workers = workers_of(one->outcome);
    const Nanoseconds wall_ns = one->figures.wall_ns;
    point.runs.push_back(std::move(one->figures));
    result.runs = done + 1;
    if (setting.watch.ended) setting.watch.ended(sweep, result.runs, point.chunks, wall_ns);
    if (!job.has_auto || &point != &sweep.points.back()) continue;
    const auto chosen = run_auto(setting, sweep.sum);
    if (!chosen) return tl::unexpected(chosen.error());
    sweep.autos.push_back(*chosen);
  }
  return {};
}

}  // namespace

SweepResult measure_sweep(const SweepJob& job, Crew& crew, Nanoseconds patience,
                          StopSignals& signals, const SweepWatch& watch) {
  SweepResult result;
  Sweep& sweep = result.sweep;
  sweep.size = job.size();
  for (const std::uint32_t chunks : job.chunks)
    sweep.points.push_back({chunks, Chunking(job.rows(), chunks).band_rows_max(), {}});
  const auto done = measure_runs({job, crew, patience, signals, watch}, result);
  if (done) return result;
  result.unfinished = done.error();
  if (done.error().exit_code == kExitVerification) sweep.points.clear();
  std::erase_if(sweep.points, [](const SweepPoint& point) { return point.runs.empty(); });
  return result;
}

}  // namespace mandel
