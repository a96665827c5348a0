// See location.h.
#include "master/places/location.h"

#include "kernels/deep/quotient.h"

namespace mandel {
namespace {

constexpr std::size_t kStepDigits = 40;
constexpr std::size_t kZoomDigits = 60;     // so many more that the step comes back
constexpr std::size_t kBetweenDigits = 80;  // of what is divided again
const Decimal kHeightAtZoom1{false, "4", 0};

Decimal whole(std::uint32_t number) { return parse_decimal(std::to_string(number)).value(); }

}  // namespace

DeepView view_of(const Location& location, std::uint32_t columns, std::uint32_t rows) {
  const Decimal height = quotient(kHeightAtZoom1, location.zoom, kBetweenDigits);
  const std::string step = to_text(quotient(height, whole(rows), kStepDigits));
  return {to_text(location.re), to_text(location.im), step, step, columns, rows};
}

Result<Location> location_of(const DeepView& view, std::uint32_t max_iter) {
  if (view.step_x != view.step_y)
    return fail("the view's pixels are not square, and a zoom can't say that");
  const Decimal step = parse_decimal(view.step_y).value();
  const Decimal rows_times_zoom = quotient(kHeightAtZoom1, step, kBetweenDigits);
  return Location{parse_decimal(view.re).value(), parse_decimal(view.im).value(),
                  quotient(rows_times_zoom, whole(view.rows), kZoomDigits), max_iter};
}

}  // namespace mandel
