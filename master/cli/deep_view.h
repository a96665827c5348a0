// The view options as a view of true-count: decimals of any length, exactly as they were typed. Not
// parse_view()'s doubles, which end after 17 digits.
#pragma once

#include <cstdint>

#include "common/base/error.h"
#include "kernels/deep/view.h"
#include "master/cli/view_text.h"

namespace mandel {

// A pixel's width is rounded to so many digits, where it has more: a third of a decimal never ends.
inline constexpr std::size_t kStepDigits = 40;

// An error names its option. Only where the build has true-count.
Result<DeepView> parse_deep_view(const ViewText& text, std::uint32_t columns, std::uint32_t rows);

}  // namespace mandel
