// What do a picture's rows cost, relative to each other? They differ a hundredfold, and how far a
// job's last chunk lags behind depends on it. A few blocks of the picture are computed here and now
// and their iterations counted, since a clock would measure whatever else the machine does; blocks
// and not single pixels, since the kernels' tiles prove whole blocks at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/grid.h"

namespace mandel {

// Pixels: more choose no better, and nobody computes meanwhile, for 0.1 to 10 ms with AVX-512.
inline constexpr std::size_t kSampledMax = 1 << 13;

// For each row, a number above 0; all alike in a picture lower or narrower than a block.
std::vector<double> sample_row_costs(const Axes& axes, std::uint32_t max_iter);

}  // namespace mandel
