// Many pixels of one rung side by side, by the CPU's vectors. Steps are most of the work and all
// alike; jumps, tests near |z| = 2 and rebases are rare, and done for one lane at a time by the
// rung's own code.
#pragma once

#include <span>

#include "kernels/deep/pixel.h"

namespace mandel {

// Runs each pixel from its spot to its end. False if the poll stopped it.
bool run_pixels(const Rung<double, double>& rung, std::span<Pixel<double>> pixels,
                std::uint32_t max_iter, const StopPoll& stop);
bool run_pixels(const Rung<Pair, double>& rung, std::span<Pixel<Pair>> pixels,
                std::uint32_t max_iter, const StopPoll& stop);

}  // namespace mandel
