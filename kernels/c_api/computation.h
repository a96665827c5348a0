// One call of mandel_compute() in the pool of lanes: its tasks, and what came of them. The lanes
// write into the caller's memory, so it does not end before they have.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "kernels/kernel.h"
#include "kernels/lane_pool.h"

namespace mandel {

class Computation {
 public:
  // No other computation of the pool may have this id.
  Computation(LanePool& pool, std::uint64_t id);
  Computation(const Computation&) = delete;
  Computation& operator=(const Computation&) = delete;
  // Ends it, and waits until it has ended.
  ~Computation();

  // Its id and its cookie are set here. By the thread that waits.
  void submit(LaneTask task);
  // True when all tasks have ended; false if some have not after this time.
  bool wait(std::chrono::milliseconds patience);
  // Lets all tasks end soon, without results.
  void end();

  std::uint64_t rows_done() const;
  bool has_failed() const;
  // When all have ended. Throws what a kernel has thrown.
  KernelStats result() const;

  // The pool's callback.
  static void take(LaneResult result);

 private:
  struct State;
  struct Cookie;

  LanePool& pool_;
  const std::uint64_t id_;
  const std::shared_ptr<State> state_;
};

}  // namespace mandel
