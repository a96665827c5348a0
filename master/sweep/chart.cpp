// See chart.h.
#include "master/sweep/chart.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <vector>

#include "common/base/escape.h"

namespace mandel {
namespace {

constexpr double kAir = 34;           // between the frame and the outermost chunk counts
constexpr double kTickDistance = 34;  // that two numbers on the chunk axis need
constexpr int kSteps = 6;             // on an axis from 0, about
constexpr std::size_t kTitleLength = 72;
constexpr std::size_t kSubtitleLength = 120;

// The smallest of 1, 2, 5, 10, 20 ... that is no smaller than `least`.
double round_step(double least) {
  const double decade = std::pow(10, std::floor(std::log10(least)));
  for (const double step : {1.0, 2.0, 5.0})
    if (step * decade >= least) return step * decade;
  return 10 * decade;
}

std::vector<double> ticks_to(double high) {
  std::vector<double> ticks;
  const double step = round_step(high / kSteps);
  for (int k = 0; k * step <= high * (1 + 1e-9); ++k) ticks.push_back(k * step);
  return ticks;
}

}  // namespace

double Scale::operator()(double value) const {
  if (high <= low) return (from + to) / 2;
  const double share =
      is_logarithmic ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
  return from + share * (to - from);
}

Scale chunk_scale(const Sweep& sweep, const Box& frame) {
  return {static_cast<double>(sweep.points.front().chunks),
          static_cast<double>(sweep.points.back().chunks), frame.left + kAir, frame.right - kAir,
          true};
}

void draw_chunk_axis(Svg& svg, const Sweep& sweep, const Scale& scale, const Box& frame) {
  svg.line({frame.left, frame.bottom}, {frame.right, frame.bottom}, kInkLine);
  double last = -kTickDistance;
  for (const SweepPoint& point : sweep.points) {
    const double x = scale(point.chunks);
    svg.line({x, frame.bottom}, {x, frame.bottom + 5}, kInkLine);
    if (x - last < kTickDistance) continue;
    last = x;
    svg.text({x, frame.bottom + 22}, fmt::to_string(point.chunks),
             fmt::format(R"({} text-anchor="middle")", kInk));
  }
  svg.text({(frame.left + frame.right) / 2, frame.bottom + 48},
           "chunks that the picture is cut into (logarithmic)",
           fmt::format(R"({} text-anchor="middle" font-size="15")", kInk));
}

void draw_left_axis(Svg& svg, const Scale& scale, const Box& frame, std::string_view label) {
  for (const double tick : ticks_to(scale.high)) {
    const double y = scale(tick);
    svg.line({frame.left, y}, {frame.right, y}, kRule);
    svg.text({frame.left - 9, y + 5}, fmt::format("{:.6g}", tick),
             fmt::format(R"({} text-anchor="end")", kInk));
  }
  svg.text_upwards({30, (frame.top + frame.bottom) / 2}, label,
                   fmt::format(R"({} text-anchor="middle" font-size="15")", kInk));
}

void draw_bottom_axis(Svg& svg, const Scale& scale, const Box& frame, std::string_view label) {
  svg.line({frame.left, frame.bottom}, {frame.right, frame.bottom}, kInkLine);
  // A narrow frame has no room for every number.
  const auto ticks = ticks_to(scale.high);
  const double room = frame.width() / static_cast<double>(ticks.size());
  const std::size_t stride = room < 48 ? 2 : 1;
  for (std::size_t k = 0; k < ticks.size(); k += stride) {
    const double x = scale(ticks[k]);
    svg.line({x, frame.top}, {x, frame.bottom + 5}, kRule);
    svg.text({x, frame.bottom + 22}, fmt::format("{:.6g}", ticks[k]),
             fmt::format(R"({} text-anchor="middle")", kInk));
  }
  svg.text({(frame.left + frame.right) / 2, frame.bottom + 48}, label,
           fmt::format(R"({} text-anchor="middle" font-size="15")", kInk));
}

void draw_title(Svg& svg, std::string_view title, std::string_view subtitle) {
  svg.text({30, 42}, shorten(title, kTitleLength),
           fmt::format(R"({} font-size="24" font-weight="bold")", kInk));
  svg.text({30, 68}, shorten(subtitle, kSubtitleLength),
           fmt::format(R"({} font-size="15")", kMuted));
}

void draw_key(Svg& svg, Spot spot, std::string_view colour, std::string_view text,
              std::size_t most) {
  svg.box({spot.x, spot.y - 11, spot.x + 13, spot.y + 2}, fmt::format(R"(fill="{}")", colour));
  svg.text({spot.x + 20, spot.y}, shorten(text, most), kInk);
}

std::string setting_text(const Sweep& sweep) {
  const std::size_t workers = sweep.workers.size();
  return fmt::format("{} · {} worker{}, {} lane{} · {}", sweep.job, workers,
                     workers == 1 ? "" : "s", sweep.lanes(), sweep.lanes() == 1 ? "" : "s",
                     sweep.codec);
}

}  // namespace mandel
