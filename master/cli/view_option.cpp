// See view_option.h.
#include "master/cli/view_option.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

#include "common/base/decimal.h"
#include "common/program/shared_options.h"
#include "kernels/deep/engine.h"
#include "master/chunks/precision.h"
#include "master/cli/deep_view.h"

namespace mandel {
namespace {

// Sizes that leave room for the arithmetic on them.
constexpr double kSpanMin = 1e-300;
bool in_reach(double number) { return std::abs(number) <= 1e100; }

Result<View> doubles_from_corners(const std::string& text, std::uint32_t columns,
                                  std::uint32_t rows) {
  std::array<double, 4> corners{};
  if (!parse_decimals<double>(text, ',', corners))
    return fail(fmt::format("--view '{}': give four numbers, X1,X2,Y1,Y2", shown(text)));
  const auto [x1, x2, y1, y2] = corners;
  if (!std::ranges::all_of(corners, in_reach))
    return fail(fmt::format("--view '{}': the numbers must be from -1e100 to 1e100", shown(text)));
  if (!(x1 < x2 && y1 < y2))
    return fail(fmt::format("--view '{}': X1 must be below X2, and Y1 below Y2", shown(text)));
  return View{
      x1 + (x2 - x1) / 2, y1 + (y2 - y1) / 2, (x2 - x1) / columns, (y2 - y1) / rows, columns, rows};
}

Result<View> doubles_from_centre(const ViewText& text, std::uint32_t columns, std::uint32_t rows) {
  constexpr double kWholeSetX = -0.75;
  constexpr double kWholeSetWidth = 3.0;
  constexpr double kWholeSetHeight = 2.6;
  std::array<double, 2> centre = {kWholeSetX, 0};
  if (!text.center.empty() && !parse_decimals<double>(text.center, ',', centre))
    return fail(fmt::format("--center '{}': give two numbers, RE,IM", shown(text.center)));
  if (!std::ranges::all_of(centre, in_reach))
    return fail(
        fmt::format("--center '{}': the numbers must be from -1e100 to 1e100", shown(text.center)));
  double span = std::max(kWholeSetWidth, kWholeSetHeight * columns / rows);
  if (!text.span.empty() && (!parse_decimals<double>(text.span, ',', {&span, 1}) ||
                             !(span >= kSpanMin) || !in_reach(span)))
    return fail(fmt::format("--span '{}': give the view's width, a number from 1e-300 to 1e100",
                            shown(text.span)));
  const double step = span / columns;
  return View{centre[0], centre[1], step, step, columns, rows};
}

}  // namespace

Result<Grid> parse_view(ViewText text) {
  std::array<std::uint32_t, 2> size = {1000, 1000};
  if (!text.size.empty() && !parse_decimals<std::uint32_t>(text.size, 'x', size))
    return fail(fmt::format("--size '{}': give WIDTHxHEIGHT in pixels, like 1920x1080", text.size));
  if (std::ranges::min(size) == 0 || std::ranges::max(size) > kSideMax)
    return fail(fmt::format("--size '{}': both must be from 1 to {}", text.size, kSideMax));
  if (std::ranges::max(size) > kSideMax / text.supersample)
    return fail(fmt::format("--supersample {0}: {0} x {1} counts a side are more than {2}",
                            text.supersample, std::ranges::max(size), kSideMax));
  const std::uint32_t columns = size[0] * text.supersample;
  const std::uint32_t rows = size[1] * text.supersample;
  if (text.location) {
    text.center = to_text(text.location->re) + "," + to_text(text.location->im);
    text.span = span_at(*text.location, columns, rows);
  }
  if (text.counts != CountsWanted::kTrue) {
    auto view = text.view.empty() ? doubles_from_centre(text, columns, rows)
                                  : doubles_from_corners(text.view, columns, rows);
    const bool is_fine = view && precision_remark(view_axes(*view)).empty();
    if (is_fine || text.counts == CountsWanted::kF64 || deep_backends().empty()) return view;
  }
  return parse_deep_view(text, columns, rows);
}

Result<CountsWanted> read_counts(std::string_view text) {
  if (text == "f64") return CountsWanted::kF64;
  if (text == "true") return CountsWanted::kTrue;
  return fail(fmt::format("'{}': give f64 or true", shown(std::string(text))));
}

void add_view_options(CLI::App& app, std::optional<std::uint32_t>& tutorial_size, ViewText& text,
                      std::string& location) {
  const char* job = "The job";
  auto* tutorial = add_number(app, "--tutorial-size", tutorial_size, 1u, kSideMax,
                              "the tutorial's grid for this request (1000: 500x500)")
                       ->type_name("N")
                       ->default_str(fmt::format("{}", TutorialGrid{}.size))
                       ->group(job);
  app.add_option("--size", text.size, "instead: a view of so many pixels")
      ->type_name("WxH")
      ->excludes(tutorial)
      ->group(job);
  auto* centre = app.add_option("--center", text.center, "the view's centre")
                     ->type_name("RE,IM")
                     ->excludes(tutorial)
                     ->group(job);
  auto* span = app.add_option("--span", text.span, "the view's width in the plane")
                   ->type_name("WIDTH")
                   ->excludes(tutorial)
                   ->group(job);
  auto* view = app.add_option("--view", text.view, "or the view by its corners")
                   ->type_name("X1,X2,Y1,Y2")
                   ->excludes(tutorial)
                   ->excludes(centre)
                   ->excludes(span)
                   ->group(job);
  add_path(
      app, "--location", location,
      "or the place in a file of Kalles Fraktaler (.kfr), Fraktaler 3 or rust-fractal (.toml), "
      "or DeepDrill (.ini)")
      ->type_name("FILE")
      ->excludes(tutorial)
      ->excludes(centre)
      ->excludes(span)
      ->excludes(view)
      ->group(job);
}

}  // namespace mandel
