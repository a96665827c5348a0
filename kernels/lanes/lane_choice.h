// Which lanes compute: how many threads, and which kernel runs on them. Here and not with the
// programs, since the C library offers the same choice.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "kernels/lane_pool.h"

namespace mandel {

inline constexpr unsigned kLanesMax = 1024;

// CPUs that this process may use (taskset, containers and their quotas limit it), at least 1. A
// part of one counts as one.
unsigned usable_cpus();

struct Lanes {
  std::vector<Lane> lanes;           // at least one
  std::vector<std::string> remarks;  // which devices are not used, and why
  std::string why_no_gpu;            // empty if one is among the lanes
};

// With "auto": a lane for each GPU that passes its self-test, and CPU lanes beside them, which
// compute true-count, too. With a backend's name: lanes of that only, and of what it counts.
// `threads`: CPU lanes; 0: one for each usable CPU. A string says why there are none.
std::variant<Lanes, std::string> choose_lanes(std::string_view kernel, unsigned threads);

}  // namespace mandel
