// `cuda-simple` and `cuda-f32`: one thread a pixel, a test after each iteration, as an elementwise
// kernel. A long orbit is followed over many launches, so it waits in memory in between.
#include <algorithm>

#include "kernels/cuda/check.h"
#include "kernels/cuda/memory.h"
#include "kernels/cuda/program.h"

#include "kernels/cuda/warp.cuh"

namespace mandel::cuda {
namespace {

template <class Orbit>
__global__ void __launch_bounds__(kThreadsPerBlock)
    follow_kernel(Band band, Orbit* orbits, std::uint32_t until) {
  const std::uint32_t pixel = thread_index();
  bool live = false;
  std::uint32_t iterations = 0;
  if (pixel < band.pixels) {
    Orbit orbit = orbits[pixel];
    const std::uint32_t before = orbit.n;
    live = follow(&band, pixel, until, &orbit);
    iterations = orbit.n - before;
    orbits[pixel] = orbit;
  }
  add_up(&band.progress->executed, iterations);
  count_if(&band.progress->live, live);
}

template <class Orbit>
class SimpleProgram final : public Program {
 public:
  void start(const Band& band, cudaStream_t stream) override {
    check(cudaMemsetAsync(orbits_.reserve(band.pixels), 0, band.pixels * sizeof(Orbit), stream),
          "clear its orbits");
    until_ = 0;
  }

  void slice(const Band& band, std::uint32_t budget, cudaStream_t stream) override {
    until_ += std::min(budget, band.max_iter - until_);
    follow_kernel<<<blocks_for(band.pixels), kThreadsPerBlock, 0, stream>>>(band, orbits_.data(),
                                                                            until_);
    check_launch("follow");
  }

  bool done(const Band&, const Progress& progress) const override { return progress.live == 0; }
  void finish(const Band&, cudaStream_t) override {}
  std::uint32_t first_budget() const override { return 16; }

 private:
  DeviceBuffer<Orbit> orbits_;
  std::uint32_t until_ = 0;
};

}  // namespace

std::unique_ptr<Program> make_simple_program() {
  return std::make_unique<SimpleProgram<gpu::Orbit>>();
}
std::unique_ptr<Program> make_float_program() {
  return std::make_unique<SimpleProgram<gpu::f32::Orbit>>();
}

}  // namespace mandel::cuda
