// See bare.h.
#include "tests/bench/bare.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/bench/bare.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/deep/group-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mandel {
namespace HWY_NAMESPACE {
namespace {

bool run_group(const BareRung& rung, std::span<Pixel<double>> pixels, std::uint32_t max_iter,
               const StopPoll& stop) {
  return Group<double, 4, false>(rung, pixels, max_iter, stop).run();
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace mandel
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mandel {
namespace {
HWY_EXPORT(run_group);
}  // namespace

bool run_bare(const BareRung& rung, std::span<Pixel<double>> pixels, std::uint32_t max_iter,
              const StopPoll& stop) {
  return HWY_DYNAMIC_DISPATCH(run_group)(rung, pixels, max_iter, stop);
}

}  // namespace mandel
#endif
