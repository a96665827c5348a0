// How fast is a GPU backend, and how near to what the device's FP64 pipe can issue? Iterations a
// second alone don't tell whether a kernel is good: they differ from device to device. The share of
// the device's limit does.
#pragma once

#include "kernels/kernel.h"

namespace mandel::check {

// What the silicon allows: an iteration needs 3 multiplications, 2 additions and 1 fused doubling,
// each one slot of a 64-bit lane; a test per iteration takes 2 more. Everything else a kernel does
// (tests, replays, queues, launches) is overhead against this.
inline constexpr int kSlotsPerIteration = 6;

struct Fp64Limit {
  int processors = 0;
  int lanes_per_processor = 0;  // by compute capability; 0 if this program doesn't know it
  double clock_hz = 0.0;        // the highest, as the driver tells it: not measured

  double slots_per_second() const { return double(processors) * lanes_per_processor * clock_hz; }
  double iterations_per_second() const { return slots_per_second() / kSlotsPerIteration; }
};

Fp64Limit fp64_limit(int device);

// One line per view, and view b at max_iter 1e5, where the goal is 60 % of the limit.
void print_timings(const Backend& backend, std::size_t device_index);

}  // namespace mandel::check
