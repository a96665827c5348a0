// The `noop` backend: writes zeros and iterates nothing, so that a run with it takes as long as all
// that is not computing, which is what tests/bench/overhead.h measures. Its counts are no picture:
// their semantics is a name of its own, and so a master that wants a picture refuses such a lane.
#include <algorithm>

#include "kernels/backends.h"

namespace mandel {
namespace {

class NoopKernel final : public Kernel {
 public:
  KernelStats run(std::span<const double>, std::span<const double>, std::uint32_t,
                  std::span<std::uint32_t> out, StopPoll) override {
    std::ranges::fill(out, 0u);
    return {};
  }
};

std::unique_ptr<Kernel> make_noop() { return std::make_unique<NoopKernel>(); }

}  // namespace

const Backend kNoopBackend = {.name = "noop",
                              .device = "cpu",
                              .semantics = kNoCounts,
                              .summary = "no picture: zeros, to measure all that is not computing",
                              .make = make_noop,
                              .by_name_only = true};

}  // namespace mandel
