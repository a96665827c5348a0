// The deep kernel's parts by themselves, in one run: its loop without jumps, by one pixel and by
// vectors, with the bound and without, and with jumps but no bound, as other programs do it.
#pragma once

#include <cstdint>
#include <optional>

#include "kernels/deep/view.h"

namespace mandel {

// CPU time of a pixel in doubles alone, in microseconds.
struct DeepLoops {
  double bare_one_us = 0;  // pixel by pixel, no jumps, no bound
  double bare_us = 0;      // the same in vectors
  double bounded_us = 0;   // the same with the bound
  double unproved_us = 0;  // in vectors, with jumps of 2^-53, no bound
};

// None where doubles can't hold a pixel's distance from the reference. The best of `repeats`.
std::optional<DeepLoops> measure_deep_loops(const DeepView& view, std::uint32_t max_iter,
                                            unsigned repeats);

}  // namespace mandel
