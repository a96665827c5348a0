// The `simd-refill` backend: untested blocks, and a new orbit in every lane that falls free. The
// fastest way to carry out every iteration; it skips none.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/simd/refill.cpp"
#include <hwy/foreach_target.h>

#include "kernels/simd/refill-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mandel {
namespace HWY_NAMESPACE {
namespace {

template <std::size_t kFusedOf>
class RefillKernel final : public Kernel {
 public:
  KernelStats run(std::span<const double> xs, std::span<const double> ys, std::uint32_t max_iter,
                  std::span<std::uint32_t> out, StopPoll stop) override {
    Request request{xs.data(), ys.data(), xs.size(), ys.size(), max_iter, out.data(), &stop, {}};
    if (max_iter == 0) return settle_without_iterations(request);
    engine_.start(request);
    Sink sink{request, engine_};
    send_rows(request, sink, batch_);
    if (!request.stats.stopped) engine_.finish(request);
    return request.stats;
  }

 private:
  struct Sink {
    Request& request;
    RefillEngine<false, kFusedOf>& engine;
    HWY_INLINE auto inside(V, V) const { return hn::MaskFromVec(hn::Zero(D())); }
    void take(const Batch& batch, std::size_t count) { engine.take(request, batch, count); }
  };

  RefillEngine<false, kFusedOf> engine_;
  Batch batch_;
};

}  // namespace

std::unique_ptr<Kernel> make_refill() { return make_for_pipes<RefillKernel>(); }

}  // namespace HWY_NAMESPACE
}  // namespace mandel
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/simd/targets.h"

namespace mandel {
namespace {

HWY_EXPORT(make_refill);
std::unique_ptr<Kernel> make_best() { return HWY_DYNAMIC_DISPATCH(make_refill)(); }

}  // namespace

const SimdRows kSimdRefillBackends = MANDEL_SIMD_ROWS(
    "simd-refill", "lanes refilled as orbits end, no iteration skipped", make_best, make_refill);

}  // namespace mandel
#endif
