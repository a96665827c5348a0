// The plot that answers the question: wall time against chunk count. The split is of lanes x wall
// time; divided by the lanes it stacks up to the wall time itself, so one drawing shows where the
// minimum is and what makes it one.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <ranges>
#include <utility>
#include <vector>

#include "master/stats/time_parts.h"
#include "master/stats/units.h"
#include "master/sweep/chart.h"
#include "master/sweep/derived.h"
#include "master/sweep/finding.h"
#include "master/sweep/plots.h"

namespace mandel {
namespace {

constexpr double kHeadroom = 1.25;  // above the slowest median: runs beyond are marked at the top
constexpr double kLoneWidth = 44;   // of the stack, where there is only one chunk count
constexpr double kLegendLeft = 752;

// One sheet's shared measures.
struct WallPlot {
  const Sweep& sweep;
  const Finding finding = find_minimum(sweep);
  const Box frame = kPlotFrame;
  const Scale x = chunk_scale(sweep, frame);
  TimeUnit unit = {"", 1};
  Scale y = {};

  explicit WallPlot(const Sweep& of) : sweep(of) {
    Nanoseconds slowest = 1;
    for (const SweepPoint& point : sweep.points)
      slowest = std::max(slowest, point.median().wall_ns);
    unit = time_unit(slowest);
    y = {0, static_cast<double>(slowest) / unit.ns * kHeadroom, frame.bottom, frame.top};
  }
  double height_of(double ns) const { return y(ns / unit.ns); }
};

bool is_used(const Sweep& sweep, const TimePart& part) {
  return std::ranges::any_of(
      sweep.points, [&](const SweepPoint& point) { return point.median().split.*part.time > 0; });
}

void draw_parts(Svg& svg, const WallPlot& plot) {
  const double lanes = plot.sweep.lanes();
  const double wider = plot.sweep.points.size() == 1 ? kLoneWidth / 2 : 0;
  std::vector<double> below(plot.sweep.points.size());
  for (const TimePart& part : kTimeParts) {
    std::vector<Spot> outline;
    std::vector<Spot> floor;
    for (std::size_t k = 0; k < below.size(); ++k) {
      const SweepPoint& point = plot.sweep.points[k];
      const double x = plot.x(point.chunks);
      const double bottom = plot.height_of(below[k]);
      below[k] += static_cast<double>(point.median().split.*part.time) / lanes;
      for (const double at : {x - wider, x + wider}) {
        floor.push_back({at, bottom});
        outline.push_back({at, plot.height_of(below[k])});
      }
    }
    if (!is_used(plot.sweep, part)) continue;
    outline.insert(outline.end(), floor.rbegin(), floor.rend());
    svg.area(outline, fmt::format(R"(fill="{}" fill-opacity="0.88")", part.colour));
  }
}

void draw_runs(Svg& svg, const WallPlot& plot) {
  std::vector<Spot> medians;
  for (const SweepPoint& point : plot.sweep.points)
    medians.push_back(
        {plot.x(point.chunks), plot.height_of(static_cast<double>(point.median().wall_ns))});
  svg.path(medians, fmt::format(R"({} stroke-width="2")", kInkLine));
  for (const SweepPoint& point : plot.sweep.points)
    for (const RunFigures& run : point.runs) {
      const Spot at = {plot.x(point.chunks), plot.height_of(static_cast<double>(run.wall_ns))};
      if (at.y >= plot.frame.top)
        svg.dot(at, 3.5, R"(fill="#ffffff" stroke="#1c2126" stroke-width="1.2")");
      else
        svg.text({at.x, plot.frame.top + 4}, "▲", fmt::format(R"({} text-anchor="middle")", kInk));
    }
}

void draw_curve(Svg& svg, const WallPlot& plot, const FitView& fit) {
  const std::string style =
      R"(fill="none" stroke="#1c2126" class="ink-line" stroke-width="2.5" stroke-dasharray="2 5" stroke-linecap="round")";
  std::vector<Spot> piece;
  const auto finish_piece = [&] {
    if (piece.size() > 1) svg.path(piece, style);
    piece.clear();
  };
  // What leaves the frame is left out.
  for (const FitPoint& point : fit.curve) {
    const double height = point.wall_s * kSecond / plot.unit.ns;
    if (point.chunks >= plot.x.low && point.chunks <= plot.x.high && height >= 0 &&
        height <= plot.y.high)
      piece.push_back({plot.x(point.chunks), plot.y(height)});
    else
      finish_piece();
  }
  finish_piece();
}

void draw_minimum(Svg& svg, const WallPlot& plot) {
  const SweepPoint& best = *plot.finding.best;
  const double x = plot.x(best.chunks);
  const double y = plot.height_of(static_cast<double>(best.median().wall_ns));
  const std::string text =
      fmt::format("minimum: {}, {}", chunks_text(best.chunks), time_text(best.median().wall_ns));
  const double half = 4.8 * static_cast<double>(text.size()) + 8;
  const double middle = std::clamp(x, plot.frame.left + half, plot.frame.right - half);
  // Above it, where its neighbours leave room; else below.
  const bool is_above = y - 96 >= plot.frame.top;
  const double top = is_above ? y - 96 : y + 68;
  svg.line({x, is_above ? top + 28 : top}, {x, is_above ? y - 9 : y + 9},
           fmt::format(R"({} stroke-width="2")", kInkLine));
  svg.dot({x, y}, 8, fmt::format(R"({} stroke-width="2.5")", kInkLine));
  svg.box({middle - half, top, middle + half, top + 28}, R"(rx="6" fill="#1c2126" class="ink")");
  svg.text({middle, top + 19}, text,
           R"(fill="#ffffff" class="paper" text-anchor="middle" font-weight="bold")");
}

// Above the frame's ends: what makes it slower there.
void draw_reasons(Svg& svg, const WallPlot& plot) {
  // A line each, since both may be long.
  double y = plot.frame.top - 26;
  const auto colour = [](const Slope& slope) {
    return fmt::format(R"(fill="{}")", slope.part->colour);
  };
  if (const auto& fewer = plot.finding.fewer) {
    svg.box({plot.frame.left, y - 11, plot.frame.left + 13, y + 2}, colour(*fewer));
    svg.text({plot.frame.left + 20, y}, fmt::format("◀ fewer chunks: {}", fewer->part->reason),
             kInk);
  }
  y += 16;
  if (const auto& more = plot.finding.more) {
    svg.box({plot.frame.right - 13, y - 11, plot.frame.right, y + 2}, colour(*more));
    svg.text({plot.frame.right - 20, y}, fmt::format("more chunks: {} ▶", more->part->reason),
             fmt::format(R"({} text-anchor="end")", kInk));
  }
}

void draw_legend(Svg& svg, const WallPlot& plot, const FitView* fit) {
  double y = plot.frame.top + 12;
  const auto next = [&] { return Spot{kLegendLeft, std::exchange(y, y + 24)}; };
  svg.text(next(), "the lanes' time:", kMuted);
  for (const TimePart& part : std::views::reverse(kTimeParts))
    if (is_used(plot.sweep, part)) draw_key(svg, next(), part.colour, part.label);
  y += 12;
  const Spot run = next();
  svg.dot({run.x + 6, run.y - 5}, 3.5, R"(fill="#ffffff" stroke="#1c2126" stroke-width="1.2")");
  svg.text({run.x + 20, run.y}, "a run; line: medians", kInk);
  if (fit == nullptr) return;
  const Spot model = next();
  const std::vector<Spot> dash = {{model.x, model.y - 5}, {model.x + 14, model.y - 5}};
  svg.path(dash,
           fmt::format(R"({} stroke-width="2.5" stroke-dasharray="2 5" stroke-linecap="round")",
                       kInkLine));
  svg.text({model.x + 20, model.y}, "the fitted model;", kInk);
  const Spot best = next();
  svg.text({best.x + 20, best.y}, fmt::format("its best: {}", chunks_text(fit->best_chunks)), kInk);
}

// Strips to point at, one a chunk count.
void draw_tips(Svg& svg, const WallPlot& plot) {
  const auto& points = plot.sweep.points;
  const auto between = [&](std::size_t k) {
    return (plot.x(points[k - 1].chunks) + plot.x(points[k].chunks)) / 2;
  };
  for (std::size_t k = 0; k < points.size(); ++k) {
    const RunFigures& run = points[k].median();
    std::string tip = fmt::format("{}: {}", chunks_text(points[k].chunks), time_text(run.wall_ns));
    for (const TimePart& part : kTimeParts)
      if (run.split.*part.time > 0)
        tip += fmt::format(
            "\n{}: {}", part.label,
            percent_text(static_cast<double>(run.split.*part.time) /
                         static_cast<double>(std::max<Nanoseconds>(run.split.total(), 1))));
    svg.box({k == 0 ? plot.frame.left : between(k), plot.frame.top,
             k + 1 == points.size() ? plot.frame.right : between(k + 1), plot.frame.bottom},
            fmt::format(R"(fill="none" pointer-events="all" data-point="{}")", k), tip);
  }
}

}  // namespace

Svg wall_plot(const Sweep& sweep, const FitView* fit) {
  const WallPlot plot(sweep);
  const std::string title = headline(plot.finding);
  Svg svg(kSheetWidth, kSheetHeight, "Wall time against chunk count. " + title);
  draw_title(svg, title, setting_text(sweep));
  draw_left_axis(svg, plot.y, plot.frame, fmt::format("wall time, {}", plot.unit.name));
  draw_parts(svg, plot);
  draw_chunk_axis(svg, sweep, plot.x, plot.frame);
  draw_runs(svg, plot);
  if (fit != nullptr) draw_curve(svg, plot, *fit);
  draw_minimum(svg, plot);
  draw_reasons(svg, plot);
  draw_legend(svg, plot, fit);
  draw_tips(svg, plot);
  return svg;
}

}  // namespace mandel
