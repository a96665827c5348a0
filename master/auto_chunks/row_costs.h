// What do a picture's rows cost, relative to each other? They differ a hundredfold, and that
// decides how far a job's last chunk lags behind. A few blocks of the picture are computed here,
// and their iterations counted: a clock would also measure what else the machine does. Blocks, not
// single pixels, since the kernels' tiles prove whole blocks at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/grid.h"

namespace mandel {

// Pixels. More choose no better, and the workers wait meanwhile: 0.1 to 10 ms with AVX-512.
inline constexpr std::size_t kSampledMax = 1 << 13;

// A number above 0 for each row; the same for all if the picture is lower or narrower than a block.
std::vector<double> sample_row_costs(const Axes& axes, std::uint32_t max_iter);

}  // namespace mandel
