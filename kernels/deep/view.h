// A view whose coordinates are exact rational numbers, made of the job's decimals without rounding.
// Beside grid.h's View, whose coordinates are rounded doubles: there the rounding is part of the
// exact result, here there is none, so that any backend may compute as it likes.
#pragma once

#include <cstdint>
#include <string>

namespace mandel {

// Column k and row r (from the top) stand for the point c with
//   re(c) = re + (k - (columns - 1) / 2) * step_x,   im(c) = im - (r - (rows - 1) / 2) * step_y.
// The four texts are decimals as to_text() writes them (decimal.h), so that equal views are equal.
struct DeepView {
  std::string re = "0";  // the centre
  std::string im = "0";
  std::string step_x;  // width of a pixel
  std::string step_y;  // height of a pixel
  std::uint32_t columns = 0;
  std::uint32_t rows = 0;

  bool operator==(const DeepView&) const = default;
};

// What is wrong with the view; empty if nothing is: texts that are no decimals, or not as to_text()
// writes them; steps that are not above 0; a centre so far out or a view so wide that arithmetic on
// it would be of no use (beyond 1e6). Whoever takes a view from outside asks here first.
std::string defect_of(const DeepView& view);

}  // namespace mandel
