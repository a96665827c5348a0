// The `scalar` backend: the definition as a loop over pixels, as the tutorial's Cython and ShedSkin
// versions. A single pixel may take seconds (max_iter up to 2^31 - 1), so it advances in slices
// between polls.
#include "kernels/cpu/scalar.h"

#include <algorithm>

#include "kernels/backends.h"

namespace mandel {
namespace {

class ScalarKernel final : public Kernel {
 public:
  KernelStats run(std::span<const double> xs, std::span<const double> ys, std::uint32_t max_iter,
                  std::span<std::uint32_t> out, StopPoll stop) override {
    KernelStats stats;
    std::uint64_t polled_at = 0;
    std::size_t cell = 0;
    for (const double cy : ys) {
      for (const double cx : xs) {
        Orbit orbit;
        while (!orbit.escaped && orbit.n < max_iter) {
          const std::uint32_t before = orbit.n;
          advance(orbit, cx, cy, before + std::min(kIterationsBetweenPolls, max_iter - before));
          stats.executed += orbit.n - before;
          if (stats.executed - polled_at < kIterationsBetweenPolls) continue;
          polled_at = stats.executed;
          if (stop.stop_requested()) return {stats.executed, 0, true};
        }
        out[cell++] = orbit.escaped ? orbit.n - 1 : 0;
      }
    }
    return stats;
  }
};

std::unique_ptr<Kernel> make_scalar() { return std::make_unique<ScalarKernel>(); }

}  // namespace

const Backend kScalarBackend = {"scalar", "cpu", kExactF64,
                                "the reference: one loop, one pixel at a time", make_scalar};

}  // namespace mandel
