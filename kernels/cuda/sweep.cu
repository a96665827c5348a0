// `cuda-sweep`: every iteration is two passes over the whole array, each its own launch, with all
// intermediate values in device memory, as an array library does it. It shows what memory traffic
// and launches cost; `cuda-simple` is the same work without them.
#include <algorithm>

#include "kernels/cuda/check.h"
#include "kernels/cuda/memory.h"
#include "kernels/cuda/passes.h"
#include "kernels/cuda/program.h"

#include "kernels/cuda/warp.cuh"

namespace mandel::cuda {
namespace {

__global__ void __launch_bounds__(kThreadsPerBlock)
    square_and_add_kernel(Band band, gpu::Complex* z) {
  const std::uint32_t pixel = thread_index();
  if (pixel < band.pixels) square_and_add(band, pixel, z[pixel]);
}

__global__ void __launch_bounds__(kThreadsPerBlock)
    record_escape_kernel(Band band, const gpu::Complex* z, std::uint32_t n, std::uint32_t* counts) {
  const std::uint32_t pixel = thread_index();
  if (pixel < band.pixels) record_escape(z[pixel], n, counts[pixel]);
}

__global__ void __launch_bounds__(kThreadsPerBlock)
    count_live_kernel(Band band, const std::uint32_t* counts) {
  const std::uint32_t pixel = thread_index();
  count_if(&band.progress->live, pixel < band.pixels && counts[pixel] == kNotYet);
}

__global__ void __launch_bounds__(kThreadsPerBlock)
    output_kernel(Band band, const std::uint32_t* counts) {
  const std::uint32_t pixel = thread_index();
  const bool mine = pixel < band.pixels;
  const std::uint32_t count = mine ? counts[pixel] : 0;
  if (mine) store(&band, pixel, count == kNotYet ? 0 : count);
  add_up(&band.progress->executed, !mine ? 0 : count == kNotYet ? band.max_iter : count + 1);
}

class SweepProgram final : public Program {
 public:
  void start(const Band& band, cudaStream_t stream) override {
    blocks_ = blocks_for(band.pixels);
    check(cudaMemsetAsync(z_.reserve(band.pixels), 0, band.pixels * sizeof(gpu::Complex), stream),
          "clear its orbits");
    check(
        cudaMemsetAsync(counts_.reserve(band.pixels), 0xff, band.pixels * sizeof(kNotYet), stream),
        "clear its counts");
    n_ = 0;
  }

  void slice(const Band& band, std::uint32_t budget, cudaStream_t stream) override {
    const std::uint32_t until = n_ + std::min(budget, band.max_iter - n_);
    for (; n_ < until; ++n_) {
      square_and_add_kernel<<<blocks_, kThreadsPerBlock, 0, stream>>>(band, z_.data());
      check_launch("square_and_add");
      record_escape_kernel<<<blocks_, kThreadsPerBlock, 0, stream>>>(band, z_.data(), n_,
                                                                     counts_.data());
      check_launch("record_escape");
    }
    count_live_kernel<<<blocks_, kThreadsPerBlock, 0, stream>>>(band, counts_.data());
    check_launch("count_live");
  }

  bool done(const Band& band, const Progress& progress) const override {
    return progress.live == 0 || n_ == band.max_iter;
  }

  void finish(const Band& band, cudaStream_t stream) override {
    output_kernel<<<blocks_, kThreadsPerBlock, 0, stream>>>(band, counts_.data());
    check_launch("output");
  }

  std::uint32_t first_budget() const override { return 4; }

 private:
  unsigned blocks_ = 0;
  std::uint32_t n_ = 0;
  DeviceBuffer<gpu::Complex> z_;
  DeviceBuffer<std::uint32_t> counts_;
};

}  // namespace

std::unique_ptr<Program> make_sweep_program() { return std::make_unique<SweepProgram>(); }

}  // namespace mandel::cuda
