// The views that the kernels are measured and checked on. Each shows something else: `a` and `b`
// are mostly closed-form interior and quick escapes, `c` is three quarters interior that no closed
// form knows, `d` all interior, `e1` and `e2` sit on the slowest boundaries, `x` is all detail
// without interior: the honest hard case.
#pragma once

#include <cstdint>
#include <string_view>

#include "kernels/grid.h"

namespace mandel::check {

struct NamedView {
  std::string_view name;
  double centre_x;
  double centre_y;
  double width;
  std::uint32_t size;  // columns and rows; of the tutorial's grid, the request
  std::uint32_t max_iter;
};

inline constexpr double kTutorial = 0.0;  // as a width: the tutorial's grid

inline constexpr NamedView kViews[] = {
    {"a", 0, 0, kTutorial, 1000, 1000},
    {"b", 0, 0, kTutorial, 8000, 1000},
    {"c", -0.743643887037151, 0.131825904205330, 1e-6, 1000, 20000},
    {"d", -0.1, 0.1, 0.1, 1000, 10000},
    {"e1", 0.25, 0.0, 0.01, 256, 50000},
    {"e2", -0.75, 0.0, 0.01, 256, 50000},
    {"f", -2.0, 0.0, 1e-4, 500, 5000},
    {"h", -1.7548, 0.0, 0.04, 500, 5000},
    {"x", -0.7453, 0.1127, 6.5e-4, 1000, 5000},
};

// A view's axes at a size of its own.
inline Axes axes_of(const NamedView& view, std::uint32_t columns, std::uint32_t rows) {
  const bool tutorial = view.width == kTutorial;
  const double width = tutorial ? kTutorialX2 - kTutorialX1 : view.width;
  const double centre_x = tutorial ? (kTutorialX1 + kTutorialX2) / 2 : view.centre_x;
  const double step = width / columns;
  return view_axes({centre_x, view.centre_y, step, step, columns, rows});
}

inline Axes axes_of(const NamedView& view) {
  return view.width == kTutorial ? tutorial_axes(view.size) : axes_of(view, view.size, view.size);
}

}  // namespace mandel::check
