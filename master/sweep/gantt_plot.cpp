// What every lane did when. Idle lanes are bare, so what a chunk count wastes is seen as gaps.
#include <algorithm>
#include <fmt/format.h>

#include "common/base/escape.h"
#include "master/stats/time_parts.h"
#include "master/stats/units.h"
#include "master/sweep/chart.h"
#include "master/sweep/derived.h"
#include "master/sweep/finding.h"
#include "master/sweep/gantt.h"
#include "master/sweep/plots.h"

namespace mandel {
namespace {

constexpr std::uint32_t kRowsMost = 200;
constexpr std::size_t kBlocksMost = 4000;
constexpr double kLeft = 216;
constexpr double kTop = 128;
constexpr double kSpace = kPlotFrame.bottom - kTop;  // for the lanes of a slide
constexpr double kBarMin = 7;                        // more lanes make a higher sheet
constexpr double kBarMax = 64;

constexpr const TimePart& kComputing = part_of(&TimeSplit::computing_ns);
constexpr const TimePart& kPreparing = part_of(&TimeSplit::preparing_ns);
constexpr const TimePart& kEncoding = part_of(&TimeSplit::encoding_ns);

double share(Nanoseconds part, const RunFigures& run) {
  const Nanoseconds whole = run.split.total();
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

// "64 chunks: the lanes compute 87 % of the time; on the wire: 6 %"
std::string title_of(const SweepPoint& point) {
  const RunFigures& run = point.median();
  const auto* wasted = &kTimeParts[1];
  for (const TimePart& part : kTimeParts)
    if (part.time != &TimeSplit::computing_ns && run.split.*part.time > run.split.*wasted->time)
      wasted = &part;
  return fmt::format("{}: {} computing, {} {}", chunks_text(point.chunks),
                     percent_text(share(run.split.computing_ns, run)),
                     percent_text(share(run.split.*wasted->time, run)), wasted->label);
}

std::string tip_of(const GanttBlock& block) {
  std::string tip = block.spans == 1 ? fmt::format("chunk {}", block.first_chunk)
                                     : fmt::format("chunk {} and {} more, too short to tell apart",
                                                   block.first_chunk, block.spans - 1);
  tip += fmt::format("\nfrom {} on", time_text(block.began));
  if (block.prepared_ns > 0) tip += fmt::format("\npreparing {}", time_text(block.prepared_ns));
  tip += fmt::format("\ncomputing {}", time_text(block.computed_ns));
  if (block.encoded_ns > 0) tip += fmt::format("\nencoding {}", time_text(block.encoded_ns));
  return tip;
}

void draw_block(Svg& svg, const GanttBlock& block, const Scale& x, TimeUnit unit, const Box& row) {
  const auto at = [&](Nanoseconds ns) { return x(static_cast<double>(ns) / unit.ns); };
  const double began = at(block.began);
  const Nanoseconds all_computed = block.began + block.prepared_ns + block.computed_ns;
  const double prepared = at(block.began + block.prepared_ns);
  const double computed = at(all_computed);
  const double encoded = at(all_computed + block.encoded_ns);
  // Where there is room, a hair of paper between one chunk and the next.
  const std::string edge =
      encoded - began > 4 ? R"( stroke="#ffffff" stroke-width="0.7" class="edge")" : "";
  const auto draw = [&](double from, double to, const TimePart& part) {
    svg.box({from, row.top, to, row.bottom}, fmt::format(R"(fill="{}"{})", part.colour, edge),
            tip_of(block));
  };
  if (block.prepared_ns > 0) draw(began, prepared, kPreparing);
  draw(prepared, computed, kComputing);
  if (block.encoded_ns > 0) draw(computed, encoded, kEncoding);
  if (block.spans == 1 && computed - prepared > 30 && row.height() > 14)
    svg.text({(prepared + computed) / 2, (row.top + row.bottom) / 2 + 4},
             fmt::to_string(block.first_chunk),
             R"(fill="#ffffff" font-size="12" text-anchor="middle" pointer-events="none")");
}

// Names of workers, and a number for each lane where there is room.
void draw_lane_names(Svg& svg, const std::vector<SweepWorker>& workers, std::uint32_t rows,
                     double bar) {
  std::uint32_t row = 0;
  for (const SweepWorker& worker : workers) {
    for (std::uint32_t lane = 0; lane < worker.lanes && row < rows; ++lane, ++row) {
      const double y = kTop + (row + 0.5) * bar + 5;
      if (lane == 0)
        svg.text({30, std::max(y, kTop + row * bar + 11)}, shorten(worker.label, 19), kInk);
      if (bar >= 13)
        svg.text({kLeft - 10, y}, fmt::to_string(lane + 1),
                 fmt::format(R"({} text-anchor="end" font-size="12")", kMuted));
    }
    if (row > 0 && row < rows)
      svg.line({30, kTop + row * bar}, {kSheetWidth - 34, kTop + row * bar}, kRule);
  }
}

}  // namespace

Svg gantt_plot(const Sweep& sweep, const SweepPoint& point) {
  const RunFigures& run = point.median();
  const std::uint32_t rows = std::min(sweep.lanes(), kRowsMost);
  const double bar = std::clamp(kSpace / std::max(rows, 1u), kBarMin, kBarMax);
  const Box frame = {kLeft, kTop, kSheetWidth - 34, kTop + rows * bar};
  const std::string title = title_of(point);
  Svg svg(kSheetWidth, frame.bottom + 74, "What every lane did when. " + title);
  draw_title(svg, title, setting_text(sweep));

  const TimeUnit unit = time_unit(run.wall_ns);
  const Scale x = {0, static_cast<double>(std::max<Nanoseconds>(run.wall_ns, 1)) / unit.ns,
                   frame.left, frame.right};
  svg.text({30, kTop - 16}, "worker", kMuted);
  svg.text({kLeft - 10, kTop - 16}, "lane", fmt::format(R"({} text-anchor="end")", kMuted));
  double key = kLeft;
  for (const TimePart* part : {&kComputing, &kPreparing, &kEncoding}) {
    if (part == &kPreparing && run.split.preparing_ns == 0) continue;
    draw_key(svg, {key, kTop - 16}, part->colour, part->label);
    key += 120;
  }
  svg.text({key, kTop - 16}, "bare: idle", kInk);
  if (rows < sweep.lanes())
    svg.text({frame.right, kTop - 16},
             fmt::format("{} more lanes are not drawn", sweep.lanes() - rows),
             fmt::format(R"({} text-anchor="end")", kMuted));
  draw_bottom_axis(svg, x, frame, fmt::format("time since the run began, {}", unit.name));
  draw_lane_names(svg, sweep.workers, rows, bar);
  const double gap = std::min(bar * 0.12, 4.0);
  for (const GanttBlock& block : gantt_blocks(sweep.workers, run, rows, kBlocksMost))
    draw_block(svg, block, x, unit,
               {frame.left, kTop + block.row * bar + gap, frame.right,
                kTop + (block.row + 1) * bar - gap});
  return svg;
}

}  // namespace mandel
