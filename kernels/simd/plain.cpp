// The `simd` backend: the definition with several vectors of orbits in flight and a test after each
// iteration. The plainest use of the vector units; a group runs as long as its slowest orbit.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/simd/plain.cpp"
#include <hwy/foreach_target.h>

#include "kernels/simd/front-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mandel {
namespace HWY_NAMESPACE {
namespace {

class TestedKernel final : public Kernel {
 public:
  KernelStats run(std::span<const double> xs, std::span<const double> ys, std::uint32_t max_iter,
                  std::span<std::uint32_t> out, StopPoll stop) override {
    Request request{xs.data(), ys.data(), xs.size(), ys.size(), max_iter, out.data(), &stop, {}};
    if (max_iter == 0) return settle_without_iterations(request);
    Sink sink{request};
    send_rows(request, sink, batch_);
    return request.stats;
  }

 private:
  static constexpr std::uint32_t kSlice = 1u << 14;  // iterations between two polls

  struct Sink {
    Request& request;

    HWY_INLINE auto inside(V, V) const { return hn::MaskFromVec(hn::Zero(D())); }

    void take(const Batch& batch, std::size_t count) {
      for (std::size_t k = 0; k < count; k += kTested) run_to_end(batch, k, count);
    }

    // The kTested points from `first` on, of which those below `count` are real.
    void run_to_end(const Batch& batch, std::size_t first, std::size_t count) {
      HWY_ALIGN_MAX double x[kTested] = {};
      HWY_ALIGN_MAX double y[kTested] = {};
      HWY_ALIGN_MAX std::uint64_t passed[kTested];
      std::uint64_t total[kTested] = {};
      bool open = true;
      for (std::uint32_t done = 0; open && done < request.max_iter && !request.stopped();) {
        const std::uint32_t steps = std::min(kSlice, request.max_iter - done);
        iterate_tested(batch.cx + first, batch.cy + first, x, y, passed, steps);
        open = false;
        for (std::size_t i = 0; i < kTested; ++i) {
          if (total[i] == done) total[i] += passed[i];
          open |= total[i] == done + steps;
        }
        done += steps;
      }
      for (std::size_t i = 0; i < kTested && first + i < count; ++i) {
        const bool escaped = total[i] < request.max_iter;
        request.out[batch.cell[first + i]] = escaped ? static_cast<std::uint32_t>(total[i]) : 0;
        request.stats.executed += escaped ? total[i] + 1 : request.max_iter;
      }
    }
  };

  static constexpr std::size_t kTested = kTestedVectors * kLanes;

  Batch batch_;
};

}  // namespace

std::unique_ptr<Kernel> make_tested() { return std::make_unique<TestedKernel>(); }

}  // namespace HWY_NAMESPACE
}  // namespace mandel
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/simd/targets.h"

namespace mandel {
namespace {

HWY_EXPORT(make_tested);
std::unique_ptr<Kernel> make_best() { return HWY_DYNAMIC_DISPATCH(make_tested)(); }

}  // namespace

const SimdRows kSimdBackends =
    MANDEL_SIMD_ROWS("simd", "vectors in flight, a test at each iteration", make_best, make_tested);

}  // namespace mandel
#endif
