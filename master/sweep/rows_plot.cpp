// The picture seen as work: what a row cost, and who made it. Cheap and dear rows side by side say
// why few large chunks can't be even.
#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

#include "common/base/escape.h"
#include "master/stats/units.h"
#include "master/sweep/bands.h"
#include "master/sweep/chart.h"
#include "master/sweep/finding.h"
#include "master/sweep/plots.h"

namespace mandel {
namespace {

constexpr std::size_t kBandsMost = 1000;
constexpr std::size_t kNamesMost = 12;
constexpr Box kCost = {86, 122, 236, 466};  // coloured rows
constexpr Box kBars = {246, 122, 466, 466};
constexpr Box kWhose = {520, 122, 720, 466};

// From dark to light, so that it reads in grey as well: stops of "cividis" (Nuñez, Anderton and
// Renslow, 2018), made to look the same with and without red-green blindness.
constexpr std::array<std::array<int, 3>, 5> kRamp = {
    {{0, 34, 78}, {53, 69, 108}, {102, 105, 112}, {165, 156, 116}, {254, 232, 56}}};

std::string ramp_colour(double share) {
  const double at = std::clamp(share, 0.0, 1.0) * (kRamp.size() - 1);
  const auto stop = std::min(static_cast<std::size_t>(at), kRamp.size() - 2);
  const double t = at - static_cast<double>(stop);
  const auto mix = [&](std::size_t k) {
    return std::lround(kRamp[stop][k] + t * (kRamp[stop + 1][k] - kRamp[stop][k]));
  };
  return fmt::format("#{:02x}{:02x}{:02x}", mix(0), mix(1), mix(2));
}

// Paul Tol's "bright" scheme; further workers get the same colours, paler.
std::string worker_style(std::uint32_t worker) {
  constexpr std::array<std::string_view, 7> kColours = {"#4477AA", "#EE6677", "#228833", "#CCBB44",
                                                        "#66CCEE", "#AA3377", "#BBBBBB"};
  constexpr std::array<double, 3> kOpacity = {1, 0.65, 0.4};
  return fmt::format(R"(fill="{}" fill-opacity="{}" shape-rendering="crispEdges")",
                     kColours[worker % kColours.size()],
                     kOpacity[worker / kColours.size() % kOpacity.size()]);
}

std::string tip_of(const Sweep& sweep, const CostBand& band) {
  std::string tip = band.chunks == 1 ? fmt::format("chunk {}", band.first_chunk)
                                     : fmt::format("{} chunks", band.chunks);
  tip += fmt::format(", rows {} to {}\n{} a row", band.first_row, band.first_row + band.rows - 1,
                     time_text(std::llround(band.row_ns())));
  if (band.worker < sweep.workers.size())
    tip += fmt::format("\n{}{}", band.chunks == 1 ? "" : "first by ",
                       sweep.workers[band.worker].label);
  return tip;
}

void draw_bands(Svg& svg, const Sweep& sweep, const std::vector<CostBand>& bands, const Scale& y,
                const Scale& x, TimeUnit unit) {
  for (const CostBand& band : bands) {
    const double top = y(band.first_row);
    const double bottom = y(band.first_row + band.rows);
    const double cost = band.row_ns() / unit.ns;
    const std::string colour =
        fmt::format(R"(fill="{}" shape-rendering="crispEdges")", ramp_colour(cost / x.high));
    const std::string tip = tip_of(sweep, band);
    svg.box({kCost.left, top, kCost.right, bottom}, colour, tip);
    svg.box({kBars.left, top, x(cost), bottom}, colour, tip);
    svg.box({kWhose.left, top, kWhose.right, bottom}, worker_style(band.worker), tip);
  }
}

// Row numbers, the picture's top at the top.
void draw_row_axis(Svg& svg, const Sweep& sweep, const Scale& y) {
  constexpr int kQuarters = 4;
  for (int k = 0; k <= kQuarters; ++k) {
    const std::uint32_t row = std::uint64_t{sweep.size.rows} * k / kQuarters;
    svg.text({kCost.left - 9, y(row) + 5}, fmt::to_string(row),
             fmt::format(R"({} text-anchor="end")", kInk));
  }
  svg.text_upwards({30, (kCost.top + kCost.bottom) / 2}, "row of the picture",
                   fmt::format(R"({} text-anchor="middle" font-size="15")", kInk));
}

void draw_workers(Svg& svg, const Sweep& sweep) {
  const double legend_left = kWhose.right + 20;
  double y = kWhose.top + 12;
  const std::size_t named = std::min(sweep.workers.size(), kNamesMost);
  for (std::uint32_t k = 0; k < named; ++k, y += 24) {
    svg.box({legend_left, y - 11, legend_left + 13, y + 2}, worker_style(k));
    svg.text({legend_left + 20, y}, shorten(sweep.workers[k].label, 22), kInk);
  }
  if (named < sweep.workers.size())
    svg.text({legend_left + 20, y}, fmt::format("and {} more", sweep.workers.size() - named),
             kMuted);
}

}  // namespace

Svg rows_plot(const Sweep& sweep, const SweepPoint& point) {
  const auto bands = cost_bands(point.median(), kBandsMost);
  const std::string title =
      fmt::format("The dearest rows cost {:.1f} times the average", dearest_row(bands));
  Svg svg(kSheetWidth, kSheetHeight, title);
  draw_title(svg, title, fmt::format("{} · {}", chunks_text(point.chunks), setting_text(sweep)));
  double dearest_ns = 1;
  for (const CostBand& band : bands) dearest_ns = std::max(dearest_ns, band.row_ns());
  const TimeUnit unit = time_unit(std::llround(dearest_ns));
  const Scale x = {0, dearest_ns / unit.ns, kBars.left, kBars.right};
  const Scale y = {0, static_cast<double>(std::max(sweep.size.rows, 1u)), kCost.top, kCost.bottom};
  draw_bottom_axis(svg, x, kBars, fmt::format("computing time of a row, {}", unit.name));
  draw_bands(svg, sweep, bands, y, x, unit);
  draw_row_axis(svg, sweep, y);
  const auto caption = [&](const Box& box, std::string_view text) {
    svg.text({box.left, box.top - 12}, text, fmt::format(R"({} font-weight="bold")", kInk));
  };
  caption(kCost, "what each row cost");
  caption(kWhose, "who made it");
  draw_workers(svg, sweep);
  return svg;
}

}  // namespace mandel
