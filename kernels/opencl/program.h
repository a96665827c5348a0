// What is different between the OpenCL backends: which kernels are launched for a band. Everything
// about memory, copies and pacing is in slot.h and engine.h, the same for all.
#pragma once

#include <cstdint>
#include <memory>

#include "kernels/gpu/threads.h"
#include "kernels/opencl/queue.h"

namespace mandel::opencl {

// gpu::Band as a kernel's arguments: BAND_ARGUMENTS of kernels.cl.
struct Band {
  cl_mem xs = nullptr;
  cl_mem ys = nullptr;
  std::uint32_t columns = 0;
  std::uint32_t first_row = 0;
  std::uint32_t first_column = 0;
  std::uint32_t pixels = 0;
  std::uint32_t max_iter = 0;
  bool narrow = false;
  cl_mem counts = nullptr;
  cl_mem progress = nullptr;
};

// Every call only enqueues. A program belongs to one slot, one band at a time.
class Program {
 public:
  Program() = default;
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  virtual ~Program() = default;

  // Begins a band; its progress is all zero.
  virtual void start(const Band& band, Queue& queue) = 0;

  // The next bounded piece of work. What `budget` counts is the program's own affair, as long as
  // the time is in proportion. Progress::live has been cleared.
  virtual void slice(const Band& band, std::uint32_t budget, Queue& queue) = 0;

  // Whether the slices are over, by what the last one left in the band's progress.
  virtual bool done(const gpu::Progress& progress) const = 0;

  // After the last slice: completes the counts.
  virtual void finish(const Band& band, Queue& queue) = 0;

  // Budget of the first slice on a device of unknown speed: milliseconds on the slowest.
  virtual std::uint32_t first_budget() const = 0;
};

using MakeProgram = std::unique_ptr<Program> (*)(const Build& build);

std::unique_ptr<Program> make_simple_program(const Build& build);
std::unique_ptr<Program> make_refill_program(const Build& build);

}  // namespace mandel::opencl
