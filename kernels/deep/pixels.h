// Many pixels of one rung side by side, by the CPU's vectors. Steps are most of the work and all
// alike; jumps, tests near |z| = 2 and rebases are rare, and done for one lane at a time by the
// rung's own code.
#pragma once

#include <span>

#include "kernels/deep/rung.h"

namespace mandel {

// A pixel on its way along a rung: where it is, and how it ended.
template <typename R>
struct Pixel {
  Complex<R> d;
  Spot<R, double> spot;
  std::uint64_t work = 0;
  RungEnd end = RungEnd::kStopped;
};

// Short pixels never come to their own poll.
inline constexpr std::size_t kPixelsBetweenPolls = 64;

// Without vectors.
template <typename R>
bool run_one_by_one(const Rung<R, double>& rung, std::span<Pixel<R>> pixels, std::uint32_t max_iter,
                    const StopPoll& stop) {
  for (std::size_t k = 0; k < pixels.size(); ++k) {
    if (k % kPixelsBetweenPolls == 0 && stop.stop_requested()) return false;
    Pixel<R>& pixel = pixels[k];
    pixel.end = rung.run(pixel.spot, pixel.d, max_iter, stop, pixel.work);
    if (pixel.end == RungEnd::kStopped) return false;
  }
  return true;
}

// Runs each pixel from its spot to its end. False if the poll stopped it.
bool run_pixels(const Rung<double, double>& rung, std::span<Pixel<double>> pixels,
                std::uint32_t max_iter, const StopPoll& stop);
bool run_pixels(const Rung<Pair, double>& rung, std::span<Pixel<Pair>> pixels,
                std::uint32_t max_iter, const StopPoll& stop);

}  // namespace mandel
