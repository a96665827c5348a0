// A band: a run of consecutive pixels of the grid, in row-major order, that the device computes as
// one piece. It counts pixels, not rows, so that a grid of one endless row and one of many short
// ones are cut alike. Plain data: passed to kernels by value.
#pragma once

#include <cstdint>

#include "kernels/cuda/arithmetic.h"

namespace mandel::cuda {

// Sums and cursors that the threads of one band share. Cleared before the band starts.
struct Progress {
  unsigned long long executed;  // iterations carried out; those repeated by `resolve` count once
  unsigned long long skipped;   // iterations that a proof made unnecessary
  std::uint32_t live;           // pixels still in a thread's hands at the end of the last slice
  std::uint32_t queued;         // pixels that the front kernel left to the refill kernel
  std::uint32_t taken;          // how many of those some thread has taken up
  std::uint32_t escaped;        // how many of those wait for `resolve`
};

struct Band {
  const double* xs;  // the whole grid's coordinates
  const double* ys;
  std::uint32_t columns;  // of the grid, below 2^31
  std::uint32_t first_row;
  std::uint32_t first_column;
  std::uint32_t pixels;  // at most kBandPixelsMax
  std::uint32_t max_iter;
  bool narrow;   // counts are 16 bits wide: half the way over the bus
  void* counts;  // one per pixel
  Progress* progress;
  bool shortcuts = true;  // closed forms and cycles, where the program has them

  // `first_column + pixel` stays below 2^32.
  MANDEL_DEVICE Complex<double> c(std::uint32_t pixel) const {
    const std::uint32_t cell = first_column + pixel;
    return {xs[cell % columns], ys[first_row + cell / columns]};
  }

  MANDEL_DEVICE void store(std::uint32_t pixel, std::uint32_t count) const {
    if (narrow)
      static_cast<std::uint16_t*>(counts)[pixel] = static_cast<std::uint16_t>(count);
    else
      static_cast<std::uint32_t*>(counts)[pixel] = count;
  }
};

inline constexpr std::uint32_t kBandPixelsMax = 1u << 22;

// Counts are below max_iter.
inline bool counts_fit_16_bits(std::uint32_t max_iter) { return max_iter <= 65536; }

}  // namespace mandel::cuda
