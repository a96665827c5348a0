// The deep kernel's loop once more, without the bound that proves its counts: what is bare beside
// it is what the proof costs. Compiled here and nowhere else, so no program can compute with it.
#pragma once

#include "kernels/deep/pixel.h"

namespace mandel {

using BareRung = Rung<double, double, false>;

// As run_pixels().
bool run_bare(const BareRung& rung, std::span<Pixel<double>> pixels, std::uint32_t max_iter,
              const StopPoll& stop);

}  // namespace mandel
