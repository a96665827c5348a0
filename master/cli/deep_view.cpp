// See deep_view.h.
#include "master/cli/deep_view.h"

#include <fmt/format.h>
#include <string_view>

#ifdef MANDEL_HAVE_DEEP
#include <array>
#include <optional>
#include <span>

#include "common/base/decimal.h"
#include "kernels/deep/exact.h"
#endif

namespace mandel {

#ifdef MANDEL_HAVE_DEEP
namespace {

// `text` as exactly values.size() decimals with commas between.
bool parse_exactly(std::string_view text, std::span<mpq_class> values) {
  return parse_list(text, ',', values, [](std::string_view one) -> std::optional<mpq_class> {
    const auto decimal = parse_decimal(one);
    if (!decimal) return std::nullopt;
    return rational(*decimal);
  });
}

std::string kept(const mpq_class& value) { return to_text(rounded(value, kDecimalDigitsMax)); }

Result<DeepView> view_of(const mpq_class& x, const mpq_class& y, const mpq_class& width,
                         const mpq_class& height, std::uint32_t columns, std::uint32_t rows) {
  DeepView view{kept(x),
                kept(y),
                to_text(rounded(width / columns, kStepDigits)),
                to_text(rounded(height / rows, kStepDigits)),
                columns,
                rows};
  if (auto defect = defect_of(view); !defect.empty())
    return fail("--center, --span, --view: " + defect);
  return view;
}

Result<DeepView> from_corners(const std::string& text, std::uint32_t columns, std::uint32_t rows) {
  std::array<mpq_class, 4> corners;
  if (!parse_exactly(text, corners))
    return fail(fmt::format("--view '{}': give four numbers, X1,X2,Y1,Y2", shown(text)));
  const auto& [x1, x2, y1, y2] = corners;
  if (!(x1 < x2 && y1 < y2))
    return fail(fmt::format("--view '{}': X1 must be below X2, and Y1 below Y2", shown(text)));
  return view_of((x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1, columns, rows);
}

Result<DeepView> from_centre(const ViewText& text, std::uint32_t columns, std::uint32_t rows) {
  std::array<mpq_class, 2> centre = {mpq_class(-3, 4), 0};
  if (!text.center.empty() && !parse_exactly(text.center, centre))
    return fail(fmt::format("--center '{}': give two numbers, RE,IM", shown(text.center)));
  const mpq_class by_height = mpq_class(13, 5) * columns / rows;  // 2.6 high, or 3 wide
  mpq_class span = by_height > 3 ? by_height : mpq_class(3);
  if (!text.span.empty() && (!parse_exactly(text.span, {&span, 1}) || span <= 0))
    return fail(
        fmt::format("--span '{}': give the view's width, a number above 0", shown(text.span)));
  return view_of(centre[0], centre[1], span, span * rows / columns, columns, rows);
}

}  // namespace

Result<DeepView> parse_deep_view(const ViewText& text, std::uint32_t columns, std::uint32_t rows) {
  return text.view.empty() ? from_centre(text, columns, rows)
                           : from_corners(text.view, columns, rows);
}
#else
Result<DeepView> parse_deep_view(const ViewText&, std::uint32_t, std::uint32_t) {
  return fail("--counts true: this build has none, since GMP or MPFR was not there");
}
#endif

}  // namespace mandel
