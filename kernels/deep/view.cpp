// See view.h.
#include "kernels/deep/view.h"

#include <optional>

#include "kernels/deep/decimal.h"

namespace mandel {
namespace {

constexpr std::int64_t kLeadingExponentMax = 5;  // so every coordinate is below 1e12

std::string quoted(const std::string& text) {
  constexpr std::size_t kShown = 40;
  return "'" + (text.size() <= kShown ? text : text.substr(0, kShown) + "...") + "'";
}

// A text that is a decimal within the bounds, as to_text() writes it.
std::optional<Decimal> canonical(const std::string& text) {
  auto decimal = parse_decimal(text);
  if (decimal && to_text(*decimal) != text) decimal.reset();
  if (decimal && !decimal->is_zero() && decimal->leading_exponent() > kLeadingExponentMax)
    decimal.reset();
  return decimal;
}

}  // namespace

std::string defect_of(const DeepView& view) {
  for (const std::string* text : {&view.re, &view.im})
    if (!canonical(*text))
      return "the centre's coordinate " + quoted(*text) + " is not a decimal below 1e6 in size";
  for (const std::string* text : {&view.step_x, &view.step_y}) {
    const auto step = canonical(*text);
    if (!step || step->is_zero() || step->is_negative)
      return "a pixel's width or height, " + quoted(*text) +
             ", is not a decimal above 0 and below 1e6";
  }
  return view.columns > 0 && view.rows > 0 ? "" : "a view needs at least one pixel";
}

}  // namespace mandel
