// See pixels.h.
#include "kernels/deep/pixels.h"

#ifdef MANDEL_HAVE_SIMD
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/deep/pixels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/deep/group-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mandel {
namespace HWY_NAMESPACE {
namespace {

bool run_doubles(const Rung<double, double>& rung, std::span<Pixel<double>> pixels,
                 std::uint32_t max_iter, const StopPoll& stop) {
  return Group<double, 4>(rung, pixels, max_iter, stop).run();
}

#if HWY_NATIVE_FMA
bool run_pairs(const Rung<Pair, double>& rung, std::span<Pixel<Pair>> pixels,
               std::uint32_t max_iter, const StopPoll& stop) {
  return Group<Pair, 2>(rung, pixels, max_iter, stop).run();
}
#else
// Without it a product's error is not exact.
bool run_pairs(const Rung<Pair, double>& rung, std::span<Pixel<Pair>> pixels,
               std::uint32_t max_iter, const StopPoll& stop) {
  return run_one_by_one(rung, pixels, max_iter, stop);
}
#endif

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace mandel
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mandel {
namespace {
HWY_EXPORT(run_doubles);
HWY_EXPORT(run_pairs);
}  // namespace

bool run_pixels(const Rung<double, double>& rung, std::span<Pixel<double>> pixels,
                std::uint32_t max_iter, const StopPoll& stop) {
  return HWY_DYNAMIC_DISPATCH(run_doubles)(rung, pixels, max_iter, stop);
}

bool run_pixels(const Rung<Pair, double>& rung, std::span<Pixel<Pair>> pixels,
                std::uint32_t max_iter, const StopPoll& stop) {
  return HWY_DYNAMIC_DISPATCH(run_pairs)(rung, pixels, max_iter, stop);
}

}  // namespace mandel
#endif

#else  // without Highway

namespace mandel {

bool run_pixels(const Rung<double, double>& rung, std::span<Pixel<double>> pixels,
                std::uint32_t max_iter, const StopPoll& stop) {
  return run_one_by_one(rung, pixels, max_iter, stop);
}

bool run_pixels(const Rung<Pair, double>& rung, std::span<Pixel<Pair>> pixels,
                std::uint32_t max_iter, const StopPoll& stop) {
  return run_one_by_one(rung, pixels, max_iter, stop);
}

}  // namespace mandel

#endif
