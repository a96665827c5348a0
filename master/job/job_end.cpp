// See job_end.h.
#include "master/job/job_end.h"

#include <cstdio>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "common/base/clock.h"
#include "common/net/address.h"
#include "common/net/reach.h"
#include "common/program/cli.h"
#include "master/stats/progress.h"
#include "master/stats/summary.h"

namespace mandel {
namespace {

constexpr int kDiagnoseMs = 300;

// Says why a worker could not be used, and what to do, for each of them.
void explain_workers(Outcome& outcome) {
  for (WorkerTotals& totals : outcome.workers) {
    if (!totals.address) continue;
    if (totals.was_ever_ready && (totals.problem.empty() || totals.has_left)) continue;
    const bool has_spoken = totals.was_ever_ready || totals.problem.starts_with("it ");
    if (!has_spoken) totals.problem = diagnose(*totals.address, kDiagnoseMs);
    spdlog::warn("{}: {}", totals.label, totals.problem);
  }
}

// Why there are no files, and how to get them.
int report_failure(JobEnd& end, const std::string& problem, int exit_code) {
  const bool is_resumable = end.writer.leave();
  return complain(
      {fmt::format("{}; {}", problem, how_to_go_on(end.spec, end.options, is_resumable))},
      exit_code);
}

int report_unfinished(JobEnd& end) {
  const Outcome& outcome = end.outcome;
  for (const auto& [chunk, reason] : outcome.set_aside) {
    const Band band = end.chunking.band(chunk);
    spdlog::error("chunk {}, rows {} to {}, is missing: {}", chunk, band.first_row,
                  band.first_row + band.rows - 1, reason);
  }
  const std::string problem = outcome.problem.empty()
                                  ? fmt::format("{} chunks are missing", outcome.set_aside.size())
                                  : outcome.problem;
  return report_failure(
      end,
      fmt::format("{}; {} of {}{} chunks were done", problem, outcome.chunks_done,
                  end.chunking.is_whole() ? "" : "the first ", end.chunking.chunks()),
      outcome.exit_code == kExitDone ? kExitVerification : outcome.exit_code);
}

void print_results(const JobEnd& end) {
  const Options& options = end.options;
  if (end.outcome.exit_code == kExitDone && end.outcome.set_aside.empty()) {
    fmt::print("{}", result_text(end.spec.size, end.outcome));
    if (!options.is_quiet)
      fmt::print("\n{}\n{}{}", worker_table(end.outcome), time_table(end.outcome),
                 events_text(end.outcome));
  }
  if (options.explain) fmt::print("\nChunk {}:\n", *options.explain);
  for (const std::string& line : end.outcome.story) fmt::print("{}\n", line);
  std::fflush(stdout);
}

// The sinks take the rest here, which may last minutes if the picture is large.
Result<void> finish_files(JobEnd& end) {
  Progress progress(end.options.is_quiet, !is_log_json(), steady_now());
  auto finished = end.writer.finish([&](std::uint32_t written) {
    progress.update(WritingState{end.chunking.chunks(), written}, steady_now());
  });
  progress.clear();
  return finished;
}

}  // namespace

int end_job(JobEnd end, std::optional<OutputFile>& json, const std::string& digest) {
  const Options& options = end.options;
  Outcome& outcome = end.outcome;
  if (outcome.exit_code == kExitDone || outcome.exit_code == kExitNoWorker)
    explain_workers(outcome);
  print_results(end);
  if (outcome.exit_code != kExitDone || !outcome.set_aside.empty()) return report_unfinished(end);
  if (options.expect_sum && *options.expect_sum != outcome.sum)
    return report_failure(end,
                          fmt::format("--expect-sum: the sum is {}, not {}; nothing was written",
                                      outcome.sum, *options.expect_sum),
                          kExitVerification);
  if (auto finished = finish_files(end); !finished)
    return report_failure(end, finished.error().what, kExitOutput);
  if (!json) return kExitDone;
  const std::string text = json_text(end.spec.size, end.chunking.chunks(), outcome, digest);
  auto written = json->write(std::as_bytes(std::span(text)));
  if (written) written = json->commit();
  return written ? kExitDone : complain({"--json: " + written.error().what}, kExitOutput);
}

}  // namespace mandel
