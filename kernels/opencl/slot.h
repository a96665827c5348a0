// One band on its way through a device: its queue, its buffers, and how far it is. An engine has
// two, so that one band's copy, and the host's unpacking of it, overlap the other's kernels. As
// kernels/cuda/slot.h; not one template for both, since CUDA's memory is pointers and its events
// are recorded, where OpenCL's memory is handles and commands have events of their own.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "kernels/gpu/pace.h"
#include "kernels/opencl/program.h"

namespace mandel::opencl {

class Slot {
 public:
  Slot(const Build& build, MakeProgram make)
      : context_(build.context), queue_(build), program_(make(build)), pace_(1) {}
  ~Slot() { queue_.drain(); }  // copies in flight end in memory that goes now

  bool busy() const { return phase_ != Phase::kFree; }

  // Waits for whatever is still enqueued, of a run that was stopped or has failed, and forgets it.
  void abandon();

  // Enqueues a band whose counts will go to `out`, which must outlive it. The band's `counts`,
  // `narrow` and `progress` are the slot's to fill in.
  void start(const Band& band, std::span<std::uint32_t> out);

  // Waits for what is enqueued, one slice or one copy, and enqueues what comes next. In the last
  // step the counts are in `out` and the slot is free.
  void step();

  const gpu::Progress& progress() const { return seen_; }
  // From the band's first kernel to its last.
  Interval computed() const {
    return {queue_.first_kernel().begin_ns, queue_.last_kernel().end_ns};
  }

 private:
  enum class Phase { kFree, kComputing, kCopying };

  void slice();
  void finish();
  void fetch_progress();
  void unpack() const;

  cl_context context_;
  Queue queue_;
  std::unique_ptr<Program> program_;
  gpu::Pace pace_;
  Phase phase_ = Phase::kFree;
  Band band_;
  std::span<std::uint32_t> out_;
  Buffer counts_, progress_;
  std::vector<std::uint32_t> copied_;
  gpu::Progress seen_{};  // as of the last step
};

}  // namespace mandel::opencl
