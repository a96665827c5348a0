// Efficiency against chunk count: how much of the lanes' time went into the picture.
#include <algorithm>
#include <fmt/format.h>
#include <vector>

#include "master/stats/units.h"
#include "master/sweep/chart.h"
#include "master/sweep/derived.h"
#include "master/sweep/finding.h"
#include "master/sweep/plots.h"

namespace mandel {
namespace {

constexpr Box kFrame = {kPlotFrame.left, 96, kSheetWidth - 34, kPlotFrame.bottom};

double percent_of(const Sweep& sweep, const SweepPoint& point, const RunFigures& run) {
  return derive(sweep, point, run).efficiency * 100;
}

double highest_of(const Sweep& sweep, const SweepPoint& point) {
  double highest = 0;
  for (const RunFigures& run : point.runs)
    highest = std::max(highest, percent_of(sweep, point, run));
  return highest;
}

double highest_of(const Sweep& sweep) {
  double highest = 100;
  for (const SweepPoint& point : sweep.points)
    highest = std::max(highest, highest_of(sweep, point));
  return highest;
}

// `side`: 0 at the best point, negative left of it, where the line rises and the number keeps clear
// of it to the left, positive right of it.
void draw_number(Svg& svg, Spot spot, const std::string& text, std::ptrdiff_t side) {
  if (side == 0)
    svg.text({spot.x, spot.y - 2}, text,
             fmt::format(R"({} text-anchor="middle" font-weight="bold" font-size="17")", kInk));
  else
    svg.text({spot.x + (side < 0 ? 12 : -12), spot.y}, text,
             fmt::format(R"({} text-anchor="{}")", kInk, side < 0 ? "end" : "start"));
}

}  // namespace

Svg efficiency_plot(const Sweep& sweep) {
  const SweepPoint& best = best_point(sweep);
  const std::string title =
      fmt::format("Efficiency is highest at {}: {} of {} lane{}", chunks_text(best.chunks),
                  percent_text(derive(sweep, best, best.median()).efficiency), sweep.lanes(),
                  sweep.lanes() == 1 ? "" : "s");
  Svg svg(kSheetWidth, kSheetHeight, title);
  draw_title(svg, title, setting_text(sweep));
  const Scale x = chunk_scale(sweep, kFrame);
  const Scale y = {0, highest_of(sweep) * 1.05, kFrame.bottom, kFrame.top};
  draw_left_axis(svg, y, kFrame, "efficiency (speed-up / lanes), %");
  std::vector<Spot> line;
  for (const SweepPoint& point : sweep.points)
    line.push_back({x(point.chunks), y(percent_of(sweep, point, point.median()))});
  std::vector<Spot> under = line;
  under.push_back({line.back().x, kFrame.bottom});
  under.push_back({line.front().x, kFrame.bottom});
  svg.area(under, R"(fill="#0072B2" fill-opacity="0.15")");
  draw_chunk_axis(svg, sweep, x, kFrame);
  svg.path(line, R"(fill="none" stroke="#0072B2" stroke-width="3")");
  for (std::size_t k = 0; k < line.size(); ++k) {
    const SweepPoint& point = sweep.points[k];
    for (const RunFigures& run : point.runs)
      svg.dot({line[k].x, y(percent_of(sweep, point, run))}, 3.5,
              R"(fill="#ffffff" stroke="#0072B2" stroke-width="1.2")");
    draw_number(svg, {line[k].x, y(highest_of(sweep, point)) - 14},
                percent_text(percent_of(sweep, point, point.median()) / 100), &point - &best);
    if (&point == &best) svg.dot(line[k], 8, fmt::format(R"({} stroke-width="2.5")", kInkLine));
  }
  return svg;
}

}  // namespace mandel
