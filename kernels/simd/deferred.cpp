// The `simd-deferred` backend: blocks of untested iterations, one test at a block's end, and a
// replay for those that escaped in it. Still one group at a time, as long as its slowest orbit:
// what the refill adds can be read off against it.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/simd/deferred.cpp"
#include <hwy/foreach_target.h>

#include "kernels/simd/front-inl.h"
#include "kernels/simd/replay-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mandel {
namespace HWY_NAMESPACE {
namespace {

template <std::size_t kFusedOf>
class DeferredKernel final : public Kernel {
 public:
  KernelStats run(std::span<const double> xs, std::span<const double> ys, std::uint32_t max_iter,
                  std::span<std::uint32_t> out, StopPoll stop) override {
    Request request{xs.data(), ys.data(), xs.size(), ys.size(), max_iter, out.data(), &stop, {}};
    if (max_iter == 0) return settle_without_iterations(request);
    replay_.start();
    Sink sink{request, replay_};
    send_rows(request, sink, batch_);
    if (!request.stats.stopped) replay_.finish(request, kBlock);
    return request.stats;
  }

 private:
  static constexpr std::uint32_t kBlock = 16;
  static constexpr std::uint32_t kPollMask = 0x3ff;

  struct Sink {
    Request& request;
    Replay& replay;

    HWY_INLINE auto inside(V, V) const { return hn::MaskFromVec(hn::Zero(D())); }

    void take(const Batch& batch, std::size_t count) {
      HWY_ALIGN_MAX double x[2][kWidth], y[2][kWidth];
      fill_group(x[0], 0.0);
      fill_group(y[0], 0.0);
      OrbitSet open = first_orbits(count);
      std::uint64_t done = 0;
      for (unsigned now = 0; open != 0 && done < request.max_iter; done += kBlock, now ^= 1) {
        iterate<kFusedOf>(batch.cx, batch.cy, x[now], y[now], x[now ^ 1], y[now ^ 1], kBlock);
        OrbitSet escaped = open & ~inside_set(x[now ^ 1], y[now ^ 1]);
        open &= ~escaped;
        for (; escaped != 0; escaped &= escaped - 1) {
          const std::size_t i = hwy::Num0BitsBelowLS1Bit_Nonzero64(escaped);
          replay.add(request, x[now][i], y[now][i], batch.cx[i], batch.cy[i],
                     static_cast<std::int64_t>(done), batch.cell[i], kBlock);
        }
        if ((done / kBlock & kPollMask) == 0 && request.stopped()) return;
      }
      request.stats.executed += hwy::PopCount(open) * std::uint64_t{request.max_iter};
    }
  };

  Replay replay_;
  Batch batch_;
};

}  // namespace

std::unique_ptr<Kernel> make_deferred() { return make_for_pipes<DeferredKernel>(); }

}  // namespace HWY_NAMESPACE
}  // namespace mandel
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/simd/targets.h"

namespace mandel {
namespace {

HWY_EXPORT(make_deferred);
std::unique_ptr<Kernel> make_best() { return HWY_DYNAMIC_DISPATCH(make_deferred)(); }

}  // namespace

const SimdRows kSimdDeferredBackends =
    MANDEL_SIMD_ROWS("simd-deferred", "blocks of untested iterations, one test at the end",
                     make_best, make_deferred);

}  // namespace mandel
#endif
