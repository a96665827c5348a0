// See grid.h. Compiled, as everything here, with -ffp-contract=off: `centre + factor * step` must
// round twice.
#include "kernels/grid.h"

namespace mandel {
namespace {

// (i - (count - 1) / 2) is a multiple of one half far below 2^53, hence exact.
double pixel_offset(std::uint32_t i, std::uint32_t count, double step) {
  const double twice = 2.0 * i - (static_cast<double>(count) - 1.0);
  return twice * 0.5 * step;
}

}  // namespace

Axes tutorial_axes(std::uint32_t size) {
  const double x_step = (kTutorialX2 - kTutorialX1) / size * 2;
  const double y_step = (kTutorialY1 - kTutorialY2) / size * 2;
  Axes axes;
  axes.xs.reserve(size / 2 + 2);
  axes.ys.reserve(size / 2 + 2);
  for (double y = kTutorialY2; y > kTutorialY1; y += y_step) axes.ys.push_back(y);
  for (double x = kTutorialX1; x < kTutorialX2; x += x_step) axes.xs.push_back(x);
  return axes;
}

Axes view_axes(const View& view) {
  Axes axes;
  axes.xs.resize(view.columns);
  axes.ys.resize(view.rows);
  for (std::uint32_t k = 0; k < view.columns; ++k)
    axes.xs[k] = view.centre_x + pixel_offset(k, view.columns, view.step_x);
  for (std::uint32_t r = 0; r < view.rows; ++r)
    axes.ys[r] = view.centre_y - pixel_offset(r, view.rows, view.step_y);
  return axes;
}

}  // namespace mandel
