// See job.h.
#include "common/wire/job.h"

#include <charconv>
#include <cmath>
#include <fmt/format.h>

#include "kernels/deep/engine.h"

namespace mandel {
namespace {

Result<void> check_grid(const TutorialGrid& grid) {
  if (grid.size < 1 || grid.size > kSideMax)
    return fail(fmt::format("the tutorial size must be 1 to {}, not {}", kSideMax, grid.size));
  return {};
}

Result<void> check_sides(std::uint32_t columns, std::uint32_t rows) {
  if (columns >= 1 && columns <= kSideMax && rows >= 1 && rows <= kSideMax) return {};
  return fail(fmt::format("width and height must be 1 to {} pixels each, not {}x{}", kSideMax,
                          columns, rows));
}

Result<void> check_grid(const View& view) {
  if (auto sides = check_sides(view.columns, view.rows); !sides) return sides;
  if (!std::isfinite(view.centre_x) || !std::isfinite(view.centre_y))
    return fail("the centre must be finite");
  if (!(std::isfinite(view.step_x) && std::isfinite(view.step_y)) || view.step_x <= 0 ||
      view.step_y <= 0)
    return fail("a pixel's width and height must be finite and greater than 0");
  return {};
}

Result<void> check_grid(const DeepView& view) {
  if (auto sides = check_sides(view.columns, view.rows); !sides) return sides;
  const std::size_t text =
      view.re.size() + view.im.size() + view.step_x.size() + view.step_y.size();
  if (text > kDeepTextMax)
    return fail(
        fmt::format("the view's numbers have {} characters, more than the {} that there "
                    "is room for",
                    text, kDeepTextMax));
  if (auto defect = defect_of(view); !defect.empty()) return fail(std::move(defect));
  return {};
}

// Upper bounds of columns and rows, without making the axes.
std::uint64_t pixels_max(const TutorialGrid& grid) {
  const std::uint64_t side = grid.size / 2 + 2;
  return side * side;
}

std::uint64_t pixels_max(const auto& view) { return std::uint64_t{view.columns} * view.rows; }

// Of a text that is a decimal below 1e6 in size. What is below a double's range is 0.
double rounded(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

Result<void> check(const Job& job) {
  if (auto grid = std::visit([](const auto& g) { return check_grid(g); }, job.grid); !grid)
    return grid;
  if (job.max_iter > kIterMax)
    return fail(fmt::format("max_iter must be at most {}, not {}", kIterMax, job.max_iter));
  const std::uint64_t pixels = std::visit([](const auto& g) { return pixels_max(g); }, job.grid);
  if (job.max_iter > 0 && pixels > (std::uint64_t{1} << 63) / job.max_iter)
    return fail("pixels x max_iter must stay below 2^63, so that the sum fits");
  return {};
}

std::string_view semantics_of(const Job& job) {
  return std::holds_alternative<DeepView>(job.grid) ? kTrueCount : kExactF64;
}

Axes axes_of(const Job& job) {
  if (const auto* tutorial = std::get_if<TutorialGrid>(&job.grid))
    return tutorial_axes(tutorial->size);
  if (const auto* deep = std::get_if<DeepView>(&job.grid))
    return view_axes({rounded(deep->re), rounded(deep->im), rounded(deep->step_x),
                      rounded(deep->step_y), deep->columns, deep->rows});
  return view_axes(std::get<View>(job.grid));
}

}  // namespace mandel
