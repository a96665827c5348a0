// What is different between the CUDA backends: which kernels are launched for a band. Everything
// about memory, streams, copies and pacing is in slot.h and engine.h, the same for all.
#pragma once

#include <cstdint>
#include <cuda_runtime_api.h>
#include <memory>

#include "kernels/gpu/threads.h"

namespace mandel::cuda {

using gpu::Band;
using gpu::Progress;

// The largest band.
inline constexpr std::uint32_t kBandPixelsMax = 1u << 22;

// Every call only enqueues on `stream`. A program belongs to one slot, one band at a time.
class Program {
 public:
  Program() = default;
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  virtual ~Program() = default;

  // Begins a band; band.progress is all zero.
  virtual void start(const Band& band, cudaStream_t stream) = 0;

  // The next bounded piece of work. What `budget` counts is the program's own affair, as long as
  // the time is in proportion. band.progress->live has been cleared.
  virtual void slice(const Band& band, std::uint32_t budget, cudaStream_t stream) = 0;

  // Whether the slices are over, by what the last one left in the band's progress.
  virtual bool done(const Band& band, const Progress& progress) const = 0;

  // After the last slice: completes band.counts.
  virtual void finish(const Band& band, cudaStream_t stream) = 0;

  // Budget of the first slice on a device of unknown speed: milliseconds on the slowest.
  virtual std::uint32_t first_budget() const = 0;
};

using MakeProgram = std::unique_ptr<Program> (*)();

std::unique_ptr<Program> make_sweep_program();
std::unique_ptr<Program> make_simple_program();
std::unique_ptr<Program> make_float_program();
std::unique_ptr<Program> make_refill_program();  // without shortcuts
std::unique_ptr<Program> make_full_program();

}  // namespace mandel::cuda
