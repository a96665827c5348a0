// One band on its way through a device: its stream, its buffers, and how far it is. An engine has
// two, so that one band's copy, and the host's unpacking of it, overlap the other's kernels, and
// the last orbits of one share the device with the first of the next.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "kernels/cuda/memory.h"
#include "kernels/cuda/program.h"
#include "kernels/gpu/pace.h"

namespace mandel::cuda {

class Slot {
 public:
  explicit Slot(MakeProgram make) : program_(make()), pace_(program_->first_budget()) {}

  bool busy() const { return phase_ != Phase::kFree; }

  // Waits for whatever is still enqueued, of a run that was stopped or has failed, and forgets it.
  void abandon();

  // Enqueues a band whose counts will go to `out`, which must outlive it. The band's `counts`,
  // `narrow` and `progress` are the slot's to fill in.
  void start(const Band& band, std::span<std::uint32_t> out);

  // Waits for what is enqueued, one slice or one copy, and enqueues what comes next. In the last
  // step the counts are in `out` and the slot is free.
  void step();

  const Progress& progress() const { return *seen_.data(); }
  const Event& last_kernel() const { return computed_; }

 private:
  enum class Phase { kFree, kComputing, kCopying };

  void slice();
  void finish();
  void fetch_progress();
  void unpack() const;

  std::unique_ptr<Program> program_;
  gpu::Pace pace_;
  Phase phase_ = Phase::kFree;
  Band band_{};
  std::span<std::uint32_t> out_;
  Stream stream_;
  Event slice_begin_, slice_end_, computed_, ready_;
  DeviceBuffer<std::uint32_t> counts_;
  PinnedBuffer<std::uint32_t> copied_;
  DeviceBuffer<Progress> progress_;
  PinnedBuffer<Progress> seen_;  // progress as of the last step
};

}  // namespace mandel::cuda
