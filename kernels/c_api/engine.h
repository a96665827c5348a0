// What a mandel_engine is: the pool of lanes that a worker has, without the worker.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

#include "kernels/c_api/mandel.h"
#include "kernels/lane_pool.h"

struct mandel_engine {
  explicit mandel_engine(std::vector<mandel::Lane> lanes);

  const std::vector<mandel::Lane> lanes;
  const std::string kernel;  // the names of the lanes' kernels
  const pid_t process;       // fork() copies the engine, but not its threads
  std::atomic<std::uint64_t> computations{0};
  mandel::LanePool pool;
};
