// The `cuda` backend's kernels and the program that launches them. What a thread does is in
// gpu/refill.inc; here is only what makes many of them.
#include <algorithm>

#include "kernels/cuda/check.h"
#include "kernels/cuda/memory.h"
#include "kernels/cuda/program.h"

#include "kernels/cuda/warp.cuh"

namespace mandel::cuda {
namespace {

// What refill.inc calls Work: the queues in device memory, their cursors in the band's progress.
struct Queues {
  std::uint32_t* pixels;
  gpu::Escape* escapes;
  Progress* progress;
};

__device__ void queue(Queues* work, std::uint32_t pixel) {
  work->pixels[append(&work->progress->queued)] = pixel;
}

// The look before the increment keeps idle threads from driving the cursor round to 0 again in the
// course of a long band. (Volatile, as others move it meanwhile.)
__device__ std::uint32_t take(Queues* work) {
  const std::uint32_t queued = work->progress->queued;
  if (*static_cast<volatile std::uint32_t*>(&work->progress->taken) >= queued) return gpu::kNoPixel;
  const std::uint32_t place = append(&work->progress->taken);
  return place < queued ? work->pixels[place] : gpu::kNoPixel;
}

__device__ void hand_over(Queues* work, const gpu::Escape& escape) {
  work->escapes[append(&work->progress->escaped)] = escape;
}

__device__ void report(Progress* progress, const gpu::Tally& tally) {
  add_up(&progress->executed, tally.executed);
  add_up(&progress->skipped, tally.skipped);
}

__global__ void __launch_bounds__(kThreadsPerBlock) front_kernel(Band band, Queues queues) {
  gpu::Tally tally{};
  const std::uint32_t stride = gridDim.x * blockDim.x;
  for (std::uint32_t pixel = thread_index(); pixel < band.pixels; pixel += stride)
    front(&band, pixel, &queues, &tally);
  report(band.progress, tally);
}

// 8 blocks of 128 threads fill the FP64 pipe with 32 warps on each multiprocessor.
__global__ void __launch_bounds__(kThreadsPerBlock, 8)
    refill_kernel(Band band, Queues queues, gpu::Lane* lanes, std::uint32_t blocks) {
  gpu::Lane lane = lanes[thread_index()];
  gpu::Tally tally{};
  refill(&lane, &band, blocks, &queues, &tally);
  lanes[thread_index()] = lane;
  report(band.progress, tally);
  count_if(&band.progress->live, lane.busy);
}

__global__ void __launch_bounds__(kThreadsPerBlock) resolve_kernel(Band band, Queues queues) {
  gpu::Tally tally{};
  const std::uint32_t escaped = band.progress->escaped;
  const std::uint32_t stride = gridDim.x * blockDim.x;
  for (std::uint32_t i = thread_index(); i < escaped; i += stride)
    resolve(&band, queues.escapes[i], &tally);
  report(band.progress, tally);
}

// As many blocks as the current device holds at once.
template <class Kernel>
unsigned resident_blocks(Kernel kernel) {
  int device = 0, processors = 0, per_processor = 0;
  check(cudaGetDevice(&device), "tell its device");
  check(cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, device),
        "count its multiprocessors");
  check(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&per_processor, kernel, kThreadsPerBlock, 0),
        "tell how many blocks it holds");
  return static_cast<unsigned>(processors) * static_cast<unsigned>(per_processor);
}

class RefillProgram final : public Program {
 public:
  explicit RefillProgram(bool shortcuts) : shortcuts_(shortcuts) {}

  void start(const Band& band, cudaStream_t stream) override {
    if (blocks_max_ == 0) blocks_max_ = resident_blocks(refill_kernel);
    blocks_ = std::min(blocks_max_, blocks_for(band.pixels));
    queues_ = {pixels_.reserve(band.pixels), escapes_.reserve(band.pixels), band.progress};
    const std::size_t threads = std::size_t{blocks_} * kThreadsPerBlock;
    check(cudaMemsetAsync(lanes_.reserve(threads), 0, threads * sizeof(gpu::Lane), stream),
          "clear its lanes");
    front_kernel<<<blocks_, kThreadsPerBlock, 0, stream>>>(mine(band), queues_);
    check_launch("front");
  }

  void slice(const Band& band, std::uint32_t budget, cudaStream_t stream) override {
    refill_kernel<<<blocks_, kThreadsPerBlock, 0, stream>>>(mine(band), queues_, lanes_.data(),
                                                            budget);
    check_launch("refill");
  }

  // A thread whose budget ended with its pixel is idle although the queue may hold more.
  bool done(const Band&, const Progress& progress) const override {
    return progress.live == 0 && progress.taken >= progress.queued;
  }

  void finish(const Band& band, cudaStream_t stream) override {
    resolve_kernel<<<blocks_, kThreadsPerBlock, 0, stream>>>(mine(band), queues_);
    check_launch("resolve");
  }

  std::uint32_t first_budget() const override { return 64; }

 private:
  Band mine(Band band) const {
    band.shortcuts = shortcuts_;
    return band;
  }

  bool shortcuts_;
  unsigned blocks_max_ = 0;
  unsigned blocks_ = 0;
  Queues queues_{};
  DeviceBuffer<std::uint32_t> pixels_;
  DeviceBuffer<gpu::Escape> escapes_;
  DeviceBuffer<gpu::Lane> lanes_;
};

}  // namespace

std::unique_ptr<Program> make_refill_program() { return std::make_unique<RefillProgram>(false); }
std::unique_ptr<Program> make_full_program() { return std::make_unique<RefillProgram>(true); }

}  // namespace mandel::cuda
