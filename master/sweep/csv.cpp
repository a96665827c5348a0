// See csv.h.
#include "master/sweep/csv.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "master/stats/time_parts.h"
#include "master/sweep/derived.h"

namespace mandel {
namespace {

using Cells = std::vector<std::string>;

std::string quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

// What was there before 0.2.0 comes first and in its order, the times in NAME_ns among it, which
// are deprecated.
Cells names() {
  Cells names = {"job",        "codec",        "lanes",   "chunks",   "rows_per_chunk",
                 "run",        "is_median",    "wall_ns", "bytes_in", "bytes_out",
                 "iterations", "master_cpu_ns"};
  for (const TimePart& part : kTimeParts) names.push_back(fmt::format("{}_ns", part.key));
  for (const char* name : {"speed_up", "efficiency", "overhead_per_chunk_us", "network_share",
                           "wall_seconds", "cpu_seconds", "overhead_per_chunk_seconds"})
    names.emplace_back(name);
  for (const TimePart& part : kTimeParts) names.push_back(fmt::format("{}_seconds", part.key));
  return names;
}

Cells cells_of(const Sweep& sweep, const SweepPoint& point, const RunFigures& run) {
  const auto number = [](auto value) { return fmt::to_string(value); };
  Cells cells = {quoted(sweep.job),
                 quoted(sweep.codec),
                 number(sweep.lanes()),
                 number(point.chunks),
                 number(point.rows_per_chunk),
                 number(&run - point.runs.data() + 1),
                 number(&run == &point.median() ? 1 : 0),
                 number(run.wall_ns),
                 number(run.bytes_in),
                 number(run.bytes_out),
                 number(run.iterations),
                 number(run.master_cpu_ns)};
  for (const TimePart& part : kTimeParts) cells.push_back(number(run.split.*part.time));
  const Derived derived = derive(sweep, point, run);
  for (const double value :
       {derived.speed_up, derived.efficiency, derived.overhead_per_chunk_us, derived.network_share})
    cells.push_back(fmt::format("{:.6g}", value));
  cells.push_back(number(seconds(run.wall_ns)));
  cells.push_back(number(seconds(run.master_cpu_ns)));
  cells.push_back(fmt::format("{:.6g}", derived.overhead_per_chunk_us * 1e-6));
  for (const TimePart& part : kTimeParts) cells.push_back(number(seconds(run.split.*part.time)));
  return cells;
}

}  // namespace

std::string sweep_csv(const Sweep& sweep) {
  std::string csv = fmt::format("{}\n", fmt::join(names(), ","));
  for (const SweepPoint& point : sweep.points)
    for (const RunFigures& run : point.runs)
      csv += fmt::format("{}\n", fmt::join(cells_of(sweep, point, run), ","));
  return csv;
}

}  // namespace mandel
