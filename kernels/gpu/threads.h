// The code of a GPU's threads as C++ and CUDA see it; dialect.h says why it is not written so.
#pragma once

#include "kernels/gpu/dialect.h"  // IWYU pragma: keep

// clang-format off: their order counts
namespace mandel::gpu {

using Real = double;
#include "kernels/gpu/orbit.inc"
#include "kernels/gpu/band.inc"
#include "kernels/gpu/follow.inc"
#include "kernels/gpu/refill.inc"

namespace f32 {

using Real = float;
#include "kernels/gpu/orbit.inc"
#include "kernels/gpu/follow.inc"

}  // namespace f32
// clang-format on

// Counts are below max_iter.
inline bool counts_fit_16_bits(std::uint32_t max_iter) { return max_iter <= 65536; }

}  // namespace mandel::gpu
