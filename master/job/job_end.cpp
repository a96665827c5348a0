// See job_end.h.
#include "master/job/job_end.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "common/base/clock.h"
#include "common/net/address.h"
#include "common/net/reach.h"
#include "common/program/cli.h"
#include "common/program/door.h"
#include "common/program/streams.h"
#include "master/places/write_location.h"
#include "master/stats/progress.h"
#include "master/stats/summary.h"

namespace mandel {
namespace {

constexpr int kDiagnoseMs = 300;
constexpr Nanoseconds kDiagnosesTime = 3 * kSecond;  // of all of them

// Says why a worker could not be used, and what to do, for each of them. Where many are silent, the
// last are not looked at more closely: somebody waits for the picture.
void explain_workers(Outcome& outcome) {
  const Nanoseconds deadline = steady_now() + kDiagnosesTime;
  for (WorkerTotals& totals : outcome.workers) {
    if (!totals.address) continue;
    if (totals.was_ever_ready && (totals.problem.empty() || totals.has_left)) continue;
    if (totals.silent_at && steady_now() < deadline)
      totals.problem = diagnose(*totals.silent_at, totals.expects_keys, kDiagnoseMs);
    if (totals.problem.empty()) totals.problem = "no answer";
    spdlog::warn("{}: {}", totals.label, totals.problem);
  }
}

// What became of the job's own files.
struct Ending {
  int exit_code = kExitDone;
  std::string problem = {};  // why they are not there
  bool is_final = false;     // going on would only write what must not be written
  bool is_resumable = false;
};

bool is_complete(const Outcome& outcome) {
  return outcome.exit_code == kExitDone && outcome.set_aside.empty();
}

std::string why_unfinished(const JobEnd& end) {
  const Outcome& outcome = end.outcome;
  const std::string problem = outcome.problem.empty()
                                  ? fmt::format("{} chunks are missing", outcome.set_aside.size())
                                  : outcome.problem;
  return fmt::format("{}; {} of {}{} chunks were done", problem, outcome.chunks_done,
                     end.chunking.is_whole() ? "" : "the first ", end.chunking.chunks());
}

// The sinks take the rest here, which may last minutes if the picture is large.
Result<void> finish_files(JobEnd& end) {
  Progress progress(end.options.is_quiet, !is_log_json(), steady_now());
  const Nanoseconds began = steady_now();
  std::optional<std::uint32_t> before;
  auto finished = end.writer.finish([&](std::uint32_t written) {
    if (!before) before = written;
    const Nanoseconds now = steady_now();
    progress.update(WritingState{end.chunking.chunks(), written, *before, now - began}, now);
    return !end.signals.has_interrupted();
  });
  progress.clear();
  return finished;
}

// Has the oracle found a wrong count? Then that is the reason, whatever came of it.
bool is_refuted(const JobEnd& end) { return end.audit != nullptr && !end.audit->verdict(); }

// The counts that --again has to get, in this run or in the one that began.
const std::string& expected_sha256(const JobEnd& end) { return end.spec.header.counts_sha256; }

// Has it got others? A sink finds that.
bool is_another(const JobEnd& end) {
  return !expected_sha256(end).empty() && !end.digest->sha256.empty() &&
         end.digest->sha256 != expected_sha256(end);
}

Ending write_outputs(JobEnd& end) {
  const Outcome& outcome = end.outcome;
  const auto& expected = end.options.expect_sum;
  if (!is_complete(outcome))
    return {
        outcome.exit_code == kExitDone || is_refuted(end) ? kExitVerification : outcome.exit_code,
        why_unfinished(end)};
  if (expected && *expected != outcome.sum)
    return {.exit_code = kExitVerification,
            .problem =
                fmt::format("{}: the sum is {}, not {}; nothing was written",
                            end.options.again ? "--again" : "--expect-sum", outcome.sum, *expected),
            .is_final = end.options.again.has_value()};
  const auto is_called_off = [&] { return end.signals.has_interrupted(); };
  if (end.audit != nullptr && !end.audit->finish(is_called_off))
    return {kExitInterrupted, "interrupted"};
  const auto finished = finish_files(end);
  if (finished) return {};
  if (is_another(end))
    return {.exit_code = kExitVerification,
            .problem = fmt::format("--again: {}; nothing was written", finished.error().what),
            .is_final = true};
  if (is_refuted(end)) return {kExitVerification, finished.error().what};
  if (end.signals.has_interrupted()) return {kExitInterrupted, "interrupted"};
  return {kExitOutput, finished.error().what};
}

Result<void> write_location(const JobEnd& end) {
  const LocationFormat format = location_format_of(end.options.save_location).value();
  return end.location->deliver(location_text(format, location_of(end.spec.header.job).value()));
}

Result<void> write_json(const JobEnd& end) {
  const std::string text =
      json_text(end.spec.size, end.chunking.chunks(), end.outcome, end.digest->sha256);
  return end.json->deliver(text);
}

// Says which could not be written, and returns the exit code for that.
int write_figures(JobEnd& end, bool is_done) {
  int exit_code = kExitDone;
  if (end.location && is_done)
    if (const auto written = write_location(end); !written)
      exit_code = complain({"--save-location: " + written.error().what}, kExitOutput);
  if (end.json && is_done)
    if (const auto written = write_json(end); !written)
      exit_code = complain({"--json: " + written.error().what}, kExitOutput);
  if (end.trace)
    if (const auto written = end.trace->finish(); !written)
      exit_code = complain({"--trace: " + written.error().what}, kExitOutput);
  return exit_code;
}

void print_results(const JobEnd& end) {
  const Options& options = end.options;
  std::string text;
  if (is_complete(end.outcome)) {
    text += result_text(end.spec.size, end.outcome);
    if (!options.is_quiet)
      text += fmt::format("\n{}\n{}{}", worker_table(end.outcome), time_table(end.outcome),
                          events_text(end.outcome));
  }
  if (options.explain) text += fmt::format("\nChunk {}:\n", *options.explain);
  for (const std::string& line : end.outcome.story) text += line + "\n";
  print_result(text);
}

void explain_missing_chunks(const JobEnd& end) {
  for (const auto& [chunk, reason] : end.outcome.set_aside) {
    const Band band = end.chunking.band(chunk);
    spdlog::error("chunk {}, rows {} to {}, is missing: {}", chunk, band.first_row,
                  band.first_row + band.rows - 1, reason);
  }
}

int complain_of(const JobEnd& end, const Ending& ending) {
  if (is_refuted(end) && ending.is_resumable)
    return complain({fmt::format("{}; the counts are kept for you to look at, in {}",
                                 ending.problem, end.spec.header.store.path)},
                    ending.exit_code);
  return complain({fmt::format("{}; {}", ending.problem,
                               how_to_go_on(end.spec, end.options, ending.is_resumable))},
                  ending.exit_code);
}

}  // namespace

int end_job(JobEnd end) {
  end.signals.let_interrupt();
  const bool has_closed = end.writer.close(
      [&] { return end.outcome.exit_code == kExitInterrupted || end.signals.has_interrupted(); });
  if (!has_closed)
    end_program(complain_of(end, {.exit_code = kExitInterrupted,
                                  .problem = "interrupted while an output was being written",
                                  .is_resumable = end.writer.is_resumable()}));
  Ending ending = write_outputs(end);
  if (end.audit != nullptr) end.outcome.pixels_audited = end.audit->compared();
  if (ending.is_final)
    end.writer.drop();
  else if (ending.exit_code != kExitDone)
    ending.is_resumable = end.writer.leave();
  if (end.outcome.exit_code == kExitDone || end.outcome.exit_code == kExitNoWorker)
    explain_workers(end.outcome);
  const int of_figures = write_figures(end, ending.exit_code == kExitDone);
  end.signals.let_kill();
  print_results(end);
  if (const std::string doubt = doubt_text(end.spec.size, end.outcome);
      !doubt.empty() && is_complete(end.outcome))
    spdlog::warn(doubt);
  if (ending.exit_code == kExitDone && !expected_sha256(end).empty())
    spdlog::info("the counts are the same as when {} was made",
                 end.options.again ? end.options.again_file : "the picture of --again");
  if (ending.exit_code == kExitDone) return of_figures;
  if (!is_complete(end.outcome)) explain_missing_chunks(end);
  return complain_of(end, ending);
}

}  // namespace mandel
