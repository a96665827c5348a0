// See table.h.
#include "master/sweep/table.h"

#include <algorithm>
#include <fmt/format.h>

#include "master/stats/units.h"
#include "master/sweep/derived.h"
#include "master/sweep/finding.h"

namespace mandel {
namespace {

std::vector<std::string> row_of(const Sweep& sweep, const SweepPoint& point, TimeUnit unit) {
  const RunFigures& run = point.median();
  const Derived derived = derive(sweep, point, run);
  const WallRange range = wall_range(point);
  const auto in_unit = [&](Nanoseconds ns) {
    return fmt::format("{:.2f}", static_cast<double>(ns) / unit.ns);
  };
  return {fmt::to_string(point.chunks),
          fmt::to_string(point.rows_per_chunk),
          bytes_text(run.bytes()),
          in_unit(run.wall_ns),
          in_unit(range.min) + ".." + in_unit(range.max),
          fmt::format("{:.2f}", derived.speed_up),
          fmt::format("{:.1f}", derived.efficiency * 100),
          fmt::format("{:.1f}", derived.overhead_per_chunk_us),
          fmt::format("{:.1f}", derived.network_share * 100)};
}

}  // namespace

SweepTable table_of(const Sweep& sweep) {
  const SweepPoint& best = best_point(sweep);
  const TimeUnit unit = time_unit(best.median().wall_ns);
  SweepTable table;
  table.heads = {"chunks",   "rows/chunk", "on the wire",  fmt::format("wall {}", unit.name),
                 "min..max", "speed-up",   "efficiency %", "overhead µs/chunk",
                 "network %"};
  for (const SweepPoint& point : sweep.points) table.rows.push_back(row_of(sweep, point, unit));
  table.best = static_cast<std::size_t>(&best - sweep.points.data());
  return table;
}

std::string sweep_table(const Sweep& sweep) {
  const SweepTable table = table_of(sweep);
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < table.heads.size(); ++column) {
    widths.push_back(table.heads[column].size());
    for (const auto& row : table.rows)
      widths[column] = std::max(widths[column], row[column].size());
  }
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (std::size_t column = 0; column < cells.size(); ++column)
      text += fmt::format("{}{:>{}}", column == 0 ? "" : " | ", cells[column], widths[column]);
    return text;
  };
  std::string text = line(table.heads) + "\n";
  for (std::size_t row = 0; row < table.rows.size(); ++row)
    text += line(table.rows[row]) + (row == table.best ? "  <- fastest\n" : "\n");
  return text + sentence(sweep, find_minimum(sweep)) + "\n";
}

}  // namespace mandel
