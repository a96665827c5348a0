// See location.h.
#include "master/places/location.h"

#include <fmt/format.h>

#include "kernels/deep/quotient.h"

namespace mandel {
namespace {

constexpr std::uint32_t kHeightAtZoom1 = 4;
// Of a width or a zoom: so many more than a pixel's width has that this comes back.
constexpr std::size_t kDigits = 60;
constexpr std::size_t kBetweenDigits = 80;  // of what is divided again

Decimal decimal_of(std::uint64_t number) { return parse_decimal(std::to_string(number)).value(); }

// The fewest digits that mean this very double.
std::string text_of(double number) {
  return to_text(parse_decimal(fmt::format("{}", number)).value());
}

Result<DeepView> in_decimals(const TutorialGrid&) {
  return fail("the tutorial's grid is no view with square pixels");
}
Result<DeepView> in_decimals(const View& view) {
  return DeepView{text_of(view.centre_x), text_of(view.centre_y), text_of(view.step_x),
                  text_of(view.step_y),   view.columns,           view.rows};
}
Result<DeepView> in_decimals(const DeepView& view) { return view; }

}  // namespace

std::string span_at(const Location& location, std::uint32_t columns, std::uint32_t rows) {
  const Decimal span_of_one_row =
      quotient(decimal_of(std::uint64_t{kHeightAtZoom1} * columns), location.zoom, kBetweenDigits);
  return to_text(quotient(span_of_one_row, decimal_of(rows), kDigits));
}

Result<Location> location_of(const Job& job) {
  const auto view = std::visit([](const auto& grid) { return in_decimals(grid); }, job.grid);
  if (!view) return tl::unexpected(view.error());
  if (view->step_x != view->step_y)
    return fail("the view's pixels are not square, and a zoom can't say that");
  const Decimal step = parse_decimal(view->step_y).value();
  const Decimal zoom_of_one_row = quotient(decimal_of(kHeightAtZoom1), step, kBetweenDigits);
  return Location{parse_decimal(view->re).value(), parse_decimal(view->im).value(),
                  quotient(zoom_of_one_row, decimal_of(view->rows), kDigits), job.max_iter};
}

}  // namespace mandel
