// The recipes that turn a request into coordinates. They are part of the exact result: two formulas
// that agree on paper differ in the last bit, and a last bit changes counts near the boundary.
// Hence stated operations in a stated order, here and nowhere else.
#pragma once

#include <cstdint>
#include <vector>

namespace mandel {

// Columns, rows, and the size of a tutorial's grid. So the axes of a picture are 16 MiB at most.
inline constexpr std::uint32_t kSideMax = 1u << 20;

// Coordinates of a grid: column k is at xs[k], row r (from the top) at ys[r].
struct Axes {
  std::vector<double> xs;
  std::vector<double> ys;
};

// The tutorial's region.
inline constexpr double kTutorialX1 = -2.13, kTutorialX2 = 0.77;
inline constexpr double kTutorialY1 = -1.3, kTutorialY2 = 1.3;

// The EuroPython 2011 tutorial's grid for a request of `size`: the coordinates are accumulated,
// step by step, so rounding errors pile up just as they did there. Size 1000 gives 500 x 500, 1001
// gives 501 x 501, 2000 gives 1001 x 1000. Time and memory are in proportion to `size`.
Axes tutorial_axes(std::uint32_t size);

// A view by its centre. Column k is at  centre_x + (k - (columns - 1) / 2) * step,  a pixel's
// centre, where the factor is computed exactly; row r is at  centre_y - (r - (rows - 1) / 2) *
// step.  Two roundings a coordinate, symmetric about the centre, no accumulation.
struct View {
  double centre_x = -0.75;
  double centre_y = 0.0;
  double step_x = 0.0;  // width of a pixel
  double step_y = 0.0;  // height of a pixel
  std::uint32_t columns = 0;
  std::uint32_t rows = 0;

  bool operator==(const View&) const = default;
};

Axes view_axes(const View& view);

}  // namespace mandel
