// A place in the plane, as other programs' files describe it: by its centre and a zoom. Between
// their files and a view, so that neither knows the other. Not a view itself: it has no size yet.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/base/error.h"
#include "kernels/deep/decimal.h"
#include "kernels/deep/view.h"

namespace mandel {

struct Location {
  Decimal re;
  Decimal im;
  Decimal zoom;                           // above 0; at 1 the picture is 4 high
  std::optional<std::uint32_t> max_iter;  // nothing: the file doesn't say
};

// The place as a picture of square pixels. The step has at most 40 digits.
DeepView view_of(const Location& location, std::uint32_t columns, std::uint32_t rows);

// The inverse: the same view comes back, if its step has at most 40 digits. An error if its pixels
// are not square, which a zoom can't say.
Result<Location> location_of(const DeepView& view, std::uint32_t max_iter);

}  // namespace mandel
