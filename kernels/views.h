// The views on which the kernels are measured and compared. A ratio between two kernels depends on
// what they look at (how much interior, how much detail), so it is quoted with its view's name, and
// the names are defined once, here.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "kernels/grid.h"

namespace mandel {

struct NamedView {
  std::string_view name;
  std::string_view summary;
  std::uint32_t max_iter = 0;
  std::uint32_t request = 0;  // size of a tutorial grid; 0: `view` says where
  View view;
};

std::span<const NamedView> named_views();

// Null if there is none of that name.
const NamedView* find_view(std::string_view name);

Axes view_axes(const NamedView& view);

// The view in so many pixels: any view as a whole; of a tutorial's grid, a part off the middle,
// where there is detail and interior.
Axes view_axes(const NamedView& view, std::uint32_t columns, std::uint32_t rows);

// "a, b, c, ..."
std::string known_views();

}  // namespace mandel
