// The per-pixel steps of the simpler rungs: `cuda-simple` and `cuda-f32` (a thread follows one
// pixel, testing each iteration) and `cuda-sweep` (every pass goes over the whole array, as array
// libraries do). Each step is bounded, and what it needs to go on stays in memory.
#pragma once

#include "kernels/cuda/band.h"

namespace mandel::cuda {

// Follows a pixel's orbit up to `until` iterations. Returns whether it is still to be followed.
template <class Real>
MANDEL_DEVICE inline bool follow(const Band& band, std::uint32_t pixel, std::uint32_t until,
                                 Orbit<Real>& orbit) {
  if (orbit.escaped) return false;
  const Complex<double> c = band.c(pixel);
  advance(orbit, {static_cast<Real>(c.x), static_cast<Real>(c.y)}, until);
  const bool live = !orbit.escaped && orbit.n < band.max_iter;
  if (!live) band.store(pixel, orbit.escaped ? orbit.n - 1 : 0);
  return live;
}

// First pass of a sweep: z = z^2 + c, whether or not the pixel has escaped before.
MANDEL_DEVICE inline void square_and_add(const Band& band, std::uint32_t pixel,
                                         Complex<double>& z) {
  z = next(z, band.c(pixel));
}

// Second pass: `count` holds n once the pixel has escaped, kNotYet before. An escaped orbit may
// overflow to NaN later: only the first escape is recorded.
inline constexpr std::uint32_t kNotYet = 0xffffffffu;

MANDEL_DEVICE inline void record_escape(Complex<double> z, std::uint32_t n, std::uint32_t& count) {
  if (count == kNotYet && norm(z) > 4.0) count = n;
}

}  // namespace mandel::cuda
