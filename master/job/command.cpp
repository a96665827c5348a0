// See command.h.
#include "master/job/command.h"

#include <fmt/format.h>
#include <functional>
#include <spdlog/spdlog.h>
#include <utility>

#include "common/base/random.h"
#include "common/base/text.h"
#include "common/net/wakeup.h"
#include "common/program/cli.h"
#include "common/program/metrics_page.h"
#include "kernels/deep/engine.h"
#include "master/auto_chunks/auto_chunks.h"
#include "master/job/job_end.h"
#include "master/job/job_files.h"
#include "master/job/run.h"
#include "master/results/pixel_audit.h"
#include "master/stats/metrics.h"
#include "master/stats/run_observer.h"
#include "master/stats/trace.h"
#include "master/stats/units.h"

namespace mandel {
namespace {

// For --chunks auto: the job begins with a part of its chunks.
void begin_with_opening(AutoChunks& auto_chunks, JournalHeader& header) {
  header.opening = auto_chunks.opening();
  if (header.opening.groups > 0)
    header.chunks = 0;
  else
    spdlog::info("--chunks auto: {}", auto_chunks.reason());
}

std::optional<std::uint32_t> choose_rest(AutoChunks& auto_chunks, bool must) {
  const auto chunks = auto_chunks.choose_rest(must);
  if (chunks) spdlog::info("--chunks auto: {}", auto_chunks.reason());
  return chunks;
}

Result<void> check_explain(const Options& options, const Chunking& chunking) {
  if (!options.explain || (chunking.is_whole() && *options.explain < chunking.chunks())) return {};
  if (!chunking.is_whole())
    return fail("--explain: with --chunks auto nobody knows beforehand which chunk that is");
  return fail(fmt::format("--explain {}: chunks are numbered from 0 to {}", *options.explain,
                          chunking.chunks() - 1));
}

// Who is right, and whether a pixel is, is for the master to compute.
Result<void> check_audit(const Options& options, const Job& job) {
  const bool is_deep = semantics_of(job) == kTrueCount;
  if (options.audit_pixels && !is_deep)
    return fail(
        "--audit-pixels: only counts of true-count can be checked by themselves; have a second "
        "worker check these, by --audit");
  const bool is_wanted = options.audit > 0 || options.audit_pixels.value_or(0) > 0;
  if (!is_wanted || !is_deep || !deep_backends().empty()) return {};
  return fail(
      "--audit, --audit-pixels: this build has no true-count, since GMP or MPFR was not there");
}

// None if the job has no such counts, or nobody wants it.
std::unique_ptr<PixelAudit> audit_of(const Options& options, const Job& job) {
  const auto* view = std::get_if<DeepView>(&job.grid);
  if (view == nullptr || options.audit_pixels == 0u || deep_backends().empty()) return nullptr;
  return std::make_unique<PixelAudit>(PixelAudit::Config{.view = *view,
                                                         .max_iter = job.max_iter,
                                                         .pixels = options.audit_pixels,
                                                         .lot = random_number()});
}

// Gives what a job's run tells to those who go along with it.
class Companions final : public RunObserver {
 public:
  Companions(Crew& crew, TraceWriter* trace, PixelAudit* audit, AutoChunks* auto_chunks)
      : crew_(crew), trace_(trace), audit_(audit), auto_chunks_(auto_chunks) {}

  void enlisted(WorkerId, const std::string& label) override {
    if (trace_ != nullptr) trace_->add_worker(label);
  }
  void came(const ChunkTimes& times) override {
    if (audit_ != nullptr && times.is_accepted)
      audit_->computed_by(times.first_row, times.rows, crew_[times.worker].label());
    if (auto_chunks_ != nullptr) auto_chunks_->take(times);
    if (trace_ != nullptr) trace_->add(times);
  }

 private:
  Crew& crew_;
  TraceWriter* trace_;  // this and all below may be null
  PixelAudit* audit_;
  AutoChunks* auto_chunks_;
};

// Has the page begin, with what an earlier run did.
void begin_page(LivePage& live, const JobSpec& spec, const JobFiles& files) {
  const Chunking chunking = spec.chunking();
  LiveRecorder& recorder = live.recorder();
  LiveJob job = live_job(spec.header.job, spec.size, spec.axes, chunking.chunks());
  if (const std::uint32_t n = spec.rendering.supersample; n > 1)
    job.title += fmt::format("; shown are counts: {0} x {0} become a pixel", n);
  recorder.begin(std::move(job), unix_milliseconds());
  const auto read_row = [&](std::uint32_t row, std::span<std::uint32_t> counts) {
    return files.writer.store->read({row, 1}, counts).has_value();
  };
  for (const auto& [chunk, print] : files.writer.done)
    recorder.done_before(chunk, chunking.band(chunk), read_row);
}

// What the page says at the end.
std::string ending_of(const Outcome& outcome, int exit_code) {
  if (exit_code == kExitDone)
    return fmt::format("Done in {}: the counts add up to {}.", time_text(outcome.wall_ns),
                       outcome.sum);
  return fmt::format("Not done: {}.", outcome.problem.empty() ? "mandel-master says why"
                                                              : printable(outcome.problem));
}

// The files are open: computes, and ends the job.
int compute(const Options& options, const JobSpec& spec, JobFiles files, AutoChunks* auto_chunks,
            MasterMetrics* metrics, Crew& crew, StopSignals& signals, LivePage* live) {
  std::optional<TraceWriter> trace;
  if (files.trace) trace.emplace(*std::move(files.trace));
  const auto audit = audit_of(options, spec.header.job);
  if (audit) files.writer.sinks.insert(files.writer.sinks.begin(), audit_sink(*audit));
  Companions companions(crew, trace ? &*trace : nullptr, audit.get(), auto_chunks);
  std::vector<RunObserver*> observers = {&companions};
  if (live != nullptr) {
    begin_page(*live, spec, files);
    observers.push_back(&live->recorder());
  }
  const auto digest = std::move(files.digest);
  Wakeup wakeup;
  auto done = files.writer.done;
  Writer writer(std::move(files.writer), wakeup);
  Run run(crew,
          {.job = spec.header.job,
           .job_id = spec.header.job_id,
           .axes = spec.axes,
           .chunking = spec.chunking(),
           .choose_rest = [&](bool must) { return choose_rest(*auto_chunks, must); },
           .patience = options.patience(),
           .is_quiet = options.is_quiet,
           .done = std::move(done),
           .audit = options.audit,
           .explain = options.explain,
           .observers = std::move(observers),
           .metrics = metrics},
          writer, wakeup, signals);
  Outcome outcome = run.run();
  if (live != nullptr) live->recorder().set_phase("writing", "");
  const Outcome seen = live != nullptr ? outcome : Outcome{};
  const int exit_code = end_job({.options = options,
                                 .spec = spec,
                                 .chunking = run.chunking(),
                                 .writer = writer,
                                 .outcome = std::move(outcome),
                                 .audit = audit.get(),
                                 .location = files.location,
                                 .json = files.json,
                                 .trace = trace,
                                 .digest = digest.get(),
                                 .signals = signals});
  if (live == nullptr) return exit_code;
  return end_page(*live, options, exit_code, exit_code == kExitDone, ending_of(seen, exit_code),
                  signals);
}

}  // namespace

int end_page(LivePage& live, const Options& options, int exit_code, bool is_done,
             std::string ending, StopSignals& signals) {
  if (const auto saved = live.end(is_done, std::move(ending)); !saved)
    exit_code = complain({"--live-save: " + saved.error().what}, kExitOutput);
  if (options.live_stays && exit_code != kExitInterrupted) live.stay(signals);
  return exit_code;
}

int run_job(const Options& options, JobSpec spec, Crew& crew, StopSignals& signals,
            LivePage* live) {
  std::optional<AutoChunks> auto_chunks;
  if (options.chooses_chunks && !spec.resumed) {
    crew.gather(signals);
    auto_chunks.emplace(crew, spec.header.job, *spec.axes, spec.header.chunks);
    begin_with_opening(*auto_chunks, spec.header);
  }
  if (const auto audit = check_audit(options, spec.header.job); !audit)
    return complain(audit.error(), kExitUsage);
  if (const auto asked = check_explain(options, spec.chunking()); !asked)
    return complain(asked.error(), kExitUsage);
  Metrics metrics;
  const auto server = serve_metrics_if_wanted(options.metrics, metrics);
  if (!server) return complain(server.error(), kExitUsage);
  signals.let_interrupt();
  auto files = open_job_files(options, spec, [&signals] { return signals.has_interrupted(); });
  if (signals.has_interrupted()) {
    if (files) abandon(*std::move(files));
    return complain({"interrupted before the job began"}, kExitInterrupted);
  }
  if (!files) return complain(files.error(), kExitOutput);
  signals.hold();
  if (files->spoilt > 0)
    spdlog::warn("the store lost the counts of {} chunks that were done; they are computed again",
                 files->spoilt);
  std::optional<MasterMetrics> master_metrics;
  if (*server) master_metrics.emplace(metrics);
  return compute(options, spec, *std::move(files), auto_chunks ? &*auto_chunks : nullptr,
                 master_metrics ? &*master_metrics : nullptr, crew, signals, live);
}

}  // namespace mandel
