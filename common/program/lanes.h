// Which lanes a worker gets: how many threads, and which kernel runs on them. Here, because
// mandel-master offers the same choice for its embedded worker.
#pragma once

#include <string>
#include <vector>

#include "common/base/error.h"
#include "kernels/lane_pool.h"

namespace mandel {

inline constexpr unsigned kLanesMax = 1024;

// CPUs that this process may use (taskset, containers and their quotas limit it), at least 1. A
// part of one counts as one.
unsigned usable_cpus();

struct LaneChoice {
  std::string kernel = "auto";  // a backend's name, or the fastest that pass their self-tests
  unsigned threads = 0;         // CPU lanes; 0: one for each usable CPU
  bool require_gpu = false;     // fail rather than compute without one
};

// How many CPU lanes that makes.
unsigned lanes_wanted(const LaneChoice& choice);

struct Lanes {
  std::vector<Lane> lanes;           // at least one
  std::vector<std::string> remarks;  // which devices are not used, and why
};

// With "auto": a lane for each GPU that passes its self-test, and CPU lanes beside them, which
// compute true-count, too. With a name: lanes of that backend only, and of what it counts.
Result<Lanes> choose_lanes(const LaneChoice& choice);

// "1 lane of cuda on cuda, 2 lanes of simd-full on cpu".
std::string in_words(const std::vector<Lane>& lanes);

// What --list-kernels prints: a line for each backend, with the outcome of its self-test.
std::string kernel_table();

}  // namespace mandel
