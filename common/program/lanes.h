// The choice of lanes as the options put it: mandel-master offers for its embedded worker what
// mandel-worker does.
#pragma once

#include <string>
#include <vector>

#include "common/base/error.h"
#include "kernels/lanes/lane_choice.h"  // IWYU pragma: export

namespace mandel {

struct LaneChoice {
  std::string kernel = "auto";  // a backend's name, or the fastest that pass their self-tests
  unsigned threads = 0;         // CPU lanes; 0: one for each usable CPU
  bool require_gpu = false;     // fail rather than compute without one
};

// How many CPU lanes that makes.
unsigned lanes_wanted(const LaneChoice& choice);

// See kernels/lanes/lane_choice.h. An error names its option.
Result<Lanes> choose_lanes(const LaneChoice& choice);

// "1 lane of cuda on cuda, 2 lanes of simd-full on cpu".
std::string in_words(const std::vector<Lane>& lanes);

// What --list-kernels prints: a line for each backend, with the outcome of its self-test.
std::string kernel_table();

}  // namespace mandel
