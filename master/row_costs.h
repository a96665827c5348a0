// What do a picture's rows cost, relative to each other? They differ a hundredfold, and how far a
// job's last chunk lags behind depends on it. A few blocks of the picture, half a percent of it at
// most, are computed here and now and their iterations counted, since a clock would measure
// whatever else the machine does; blocks and not single pixels, since the kernels' tiles prove
// whole blocks at once.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/grid.h"

namespace mandel {

// More pixels than that tell nothing more. They take a core 1 to 100 ms.
inline constexpr std::size_t kSampledMax = 1 << 17;

// For each row, a number above 0; all alike in a picture lower or narrower than a block. Computes
// `pixels_max` pixels, if the picture is large enough.
std::vector<double> sample_row_costs(const Axes& axes, std::uint32_t max_iter,
                                     std::size_t pixels_max = kSampledMax);

}  // namespace mandel
