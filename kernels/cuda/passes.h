// The two passes of `cuda-sweep`: each goes over the whole array, as array libraries do.
#pragma once

#include "kernels/gpu/threads.h"

namespace mandel::cuda {

// First: z = z^2 + c, whether or not the pixel has escaped before.
MANDEL_DEVICE void square_and_add(const gpu::Band& band, std::uint32_t pixel, gpu::Complex& z) {
  z = next(z, {x_of(&band, pixel), y_of(&band, pixel)});
}

// Second: `count` holds n once the pixel has escaped, kNotYet before. An escaped orbit may overflow
// to NaN later: only the first escape is recorded.
inline constexpr std::uint32_t kNotYet = 0xffffffffu;

MANDEL_DEVICE void record_escape(gpu::Complex z, std::uint32_t n, std::uint32_t& count) {
  if (count == kNotYet && norm(z) > 4.0) count = n;
}

}  // namespace mandel::cuda
