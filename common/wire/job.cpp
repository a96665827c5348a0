// See job.h.
#include "common/wire/job.h"

#include <cmath>
#include <fmt/format.h>

namespace mandel {
namespace {

Result<void> check_grid(const TutorialGrid& grid) {
  if (grid.size < 1 || grid.size > kSideMax)
    return fail(fmt::format("the tutorial size must be 1 to {}, not {}", kSideMax, grid.size));
  return {};
}

Result<void> check_grid(const View& view) {
  if (view.columns < 1 || view.columns > kSideMax || view.rows < 1 || view.rows > kSideMax)
    return fail(fmt::format("width and height must be 1 to {} pixels each, not {}x{}", kSideMax,
                            view.columns, view.rows));
  if (!std::isfinite(view.centre_x) || !std::isfinite(view.centre_y))
    return fail("the centre must be finite");
  if (!(std::isfinite(view.step_x) && std::isfinite(view.step_y)) || view.step_x <= 0 ||
      view.step_y <= 0)
    return fail("a pixel's width and height must be finite and greater than 0");
  return {};
}

// Upper bounds of columns and rows, without making the axes.
std::uint64_t pixels_max(const TutorialGrid& grid) {
  const std::uint64_t side = grid.size / 2 + 2;
  return side * side;
}

std::uint64_t pixels_max(const View& view) { return std::uint64_t{view.columns} * view.rows; }

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

Axes axes_of(const Job& job) {
  if (const auto* tutorial = std::get_if<TutorialGrid>(&job.grid))
    return tutorial_axes(tutorial->size);
  return view_axes(std::get<View>(job.grid));
}

}  // namespace mandel
