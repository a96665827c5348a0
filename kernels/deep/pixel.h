// A pixel on its way along a rung, and the plain way to run many: one after the other.
#pragma once

#include <span>

#include "kernels/deep/rung.h"

namespace mandel {

// Where it is, and how it ended.
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
template <typename R, bool kIsProved>
bool run_one_by_one(const Rung<R, double, kIsProved>& rung, std::span<Pixel<R>> pixels,
                    std::uint32_t max_iter, const StopPoll& stop) {
  for (std::size_t k = 0; k < pixels.size(); ++k) {
    if (k % kPixelsBetweenPolls == 0 && stop.stop_requested()) return false;
    Pixel<R>& pixel = pixels[k];
    pixel.end = rung.run(pixel.spot, pixel.d, max_iter, stop, pixel.work);
    if (pixel.end == RungEnd::kStopped) return false;
  }
  return true;
}

}  // namespace mandel
