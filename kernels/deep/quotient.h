// Division of decimals: a pixel's width is the view's, divided by its columns. Not by GMP, whose
// rationals would be exact: a view is written in decimals, so a quotient without an end is cut
// anyway, and a master in a build without GMP can hand out such a job as well.
#pragma once

#include <cstddef>

#include "kernels/deep/decimal.h"

namespace mandel {

// a / b, rounded to nearest after so many significant digits; exact if it has no more. b is not 0.
// The result may be beyond the bounds of decimal.h. Takes time in proportion to the digits of b
// times those of a and of the result.
Decimal quotient(const Decimal& a, const Decimal& b, std::size_t digits);

}  // namespace mandel
