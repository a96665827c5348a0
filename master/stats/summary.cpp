// See summary.h.
#include "master/stats/summary.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "common/program/version.h"
#include "kernels/deep/engine.h"
#include "master/stats/time_parts.h"
#include "master/stats/units.h"

namespace mandel {
namespace {

double share(std::uint32_t part, std::uint32_t whole) {
  return whole == 0 ? 0 : 100.0 * part / whole;
}

// Million pixels a second of one lane's time.
double lane_rate(const WorkerTotals& totals) {
  return totals.computed_ns == 0
             ? 0
             : static_cast<double>(totals.pixels) / seconds(totals.computed_ns) * 1e-6;
}

TimeSplit sum_of(const std::vector<TimeSplit>& lanes) {
  TimeSplit sum;
  for (const TimeSplit& lane : lanes) sum += lane;
  return sum;
}

nlohmann::ordered_json json_of(const TimeSplit& split) {
  nlohmann::ordered_json json;
  for (const TimePart& part : kTimeParts)
    json[fmt::format("{}_seconds", part.key)] = seconds(split.*part.time);
  return json;
}

// Only a true-count job prepares anything.
std::vector<TimePart> parts_shown(const Outcome& outcome) {
  std::vector<TimePart> parts(kTimeParts.begin(), kTimeParts.end());
  if (outcome.semantics != kTrueCount)
    std::erase_if(parts, [](const auto& part) { return part.time == &TimeSplit::preparing_ns; });
  return parts;
}

std::string time_row(const TimeSplit& split, const std::vector<TimePart>& parts,
                     const std::string& name) {
  const double whole = static_cast<double>(std::max<Nanoseconds>(1, split.total()));
  std::string row;
  for (const TimePart& part : parts)
    row += fmt::format("{:>9.1f} |", 100 * static_cast<double>(split.*part.time) / whole);
  return row + " " + name + "\n";
}

nlohmann::ordered_json json_of(const WorkerTotals& totals, const Outcome& outcome) {
  auto lanes = nlohmann::ordered_json::array();
  for (const TimeSplit& lane : totals.splits) lanes.push_back(json_of(lane));
  return {{"address", totals.label},
          {"host", totals.host},
          {"kernel", totals.kernel},
          {"lanes", totals.lanes},
          {"chunks", totals.chunks},
          {"share", share(totals.chunks, outcome.chunks_done) / 100},
          {"compute_seconds", seconds(totals.computed_ns)},
          {"bytes_in", totals.bytes_in},
          {"bytes_out", totals.bytes_out},
          {"refused", totals.refused},
          {"revoked", totals.revoked},
          {"lost", totals.lost},
          {"problem", totals.problem},
          {"iterations", totals.iterations},
          {"time", json_of(sum_of(totals.splits))},
          {"lane_times", lanes}};
}

}  // namespace

std::string result_text(const PictureSize& size, const Outcome& outcome) {
  return fmt::format(
      "Total elements: {}\nMain took {:.3f} s\nTotal sum of elements (for validation): {}\n",
      std::uint64_t{size.columns} * size.rows, seconds(outcome.wall_ns), outcome.sum);
}

std::string worker_table(const Outcome& outcome) {
  std::string table = "Job execution statistics:\n";
  table += fmt::format("{:>7} | {:>7} | {:>11} | {:>9} | {:>9} | {:>13} | {:>5} | {}\n", "chunks",
                       "% chunk", "computing s", "bytes in", "bytes out", "Mpixel/s/lane", "lanes",
                       "worker");
  for (const WorkerTotals& totals : outcome.workers) {
    std::string name = totals.label;
    if (!totals.host.empty()) name += fmt::format(" ({}, {})", totals.host, totals.kernel);
    if (!totals.problem.empty()) name += totals.was_ever_ready ? " (gone)" : " (not used)";
    table += fmt::format("{:>7} | {:>7.2f} | {:>11.4f} | {:>9} | {:>9} | {:>13.2f} | {:>5} | {}\n",
                         totals.chunks, share(totals.chunks, outcome.chunks_done),
                         seconds(totals.computed_ns), bytes_text(totals.bytes_in),
                         bytes_text(totals.bytes_out), lane_rate(totals), totals.lanes, name);
  }
  return table;
}

std::string time_table(const Outcome& outcome) {
  if (outcome.lanes() == 0) return "";
  std::string table = fmt::format("Where the time of {} lanes x {:.4f} s went, in percent:\n",
                                  outcome.lanes(), seconds(outcome.wall_ns));
  const std::vector<TimePart> parts = parts_shown(outcome);
  for (const TimePart& part : parts) table += fmt::format("{:>9} |", part.key);
  table += " worker\n";
  std::size_t used = 0;
  for (const WorkerTotals& totals : outcome.workers) {
    if (totals.splits.empty()) continue;
    table += time_row(sum_of(totals.splits), parts, totals.label);
    ++used;
  }
  return used > 1 ? table + time_row(outcome.split(), parts, "all") : table;
}

std::string events_text(const Outcome& outcome) {
  std::string text;
  if (outcome.semantics == kTrueCount)
    text += fmt::format("Proved counts: {} by the first rung, {} by the second, {} by the third.\n",
                        outcome.rungs.first, outcome.rungs.second, outcome.rungs.third);
  if (outcome.pixels_audited > 0)
    text += fmt::format("Pixels that the oracle counted, too, and found right: {}.\n",
                        outcome.pixels_audited);
  if (outcome.chunks_resumed > 0)
    text += fmt::format("Chunks that an earlier run had done: {}.\n", outcome.chunks_resumed);
  if (outcome.backups > 0)
    text += fmt::format("Chunks that were late and went to a second worker too: {}.\n",
                        outcome.backups);
  for (const std::string& one : outcome.quarantined) text += "Not used any more: " + one + "\n";
  for (const WorkerTotals& totals : outcome.workers)
    if (totals.revoked > 0)
      text += fmt::format("All {} chunks of {} were computed again by others.\n", totals.revoked,
                          totals.label);
  return text;
}

std::string doubt_text(const PictureSize& size, const Outcome& outcome) {
  if (outcome.sum > 0) return "";
  return fmt::format(
      "every count is 0: no point escapes within {} iterations; if the view has points outside the "
      "set, raise --max-iter",
      size.max_iter);
}

std::string json_text(const PictureSize& size, std::uint32_t chunks, const Outcome& outcome,
                      const std::string& counts_sha256) {
  auto workers = nlohmann::ordered_json::array();
  for (const WorkerTotals& totals : outcome.workers) workers.push_back(json_of(totals, outcome));
  nlohmann::ordered_json json = {{"software", fmt::format("mandel {}", kVersion)},
                                 {"counts", outcome.semantics},
                                 {"sum", outcome.sum},
                                 {"counts_sha256", counts_sha256},
                                 {"columns", size.columns},
                                 {"rows", size.rows},
                                 {"max_iter", size.max_iter},
                                 {"chunks", chunks},
                                 {"chunks_resumed", outcome.chunks_resumed},
                                 {"backups", outcome.backups},
                                 {"late_results", outcome.late},
                                 {"quarantined", outcome.quarantined},
                                 {"wall_seconds", seconds(outcome.wall_ns)},
                                 {"time", json_of(outcome.split())},
                                 {"decoding_seconds", seconds(outcome.decoding_ns)},
                                 {"verifying_seconds", seconds(outcome.verifying_ns)},
                                 {"cpu_seconds", seconds(outcome.cpu_ns)},
                                 {"workers", workers}};
  if (outcome.semantics == kTrueCount) {
    json["decided"] = {{"first_rung", outcome.rungs.first},
                       {"second_rung", outcome.rungs.second},
                       {"third_rung", outcome.rungs.third}};
    json["oracle_pixels"] = outcome.pixels_audited;
    json["preparing_seconds"] = seconds(outcome.split().preparing_ns);
  }
  // Names come from other machines: what is no UTF-8 is replaced, not thrown at the user.
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace mandel
