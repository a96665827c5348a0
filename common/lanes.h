// Which lanes a worker gets: how many threads, and which kernel runs on them. Here, because
// mandel-master offers the same choice for its embedded worker.
#pragma once

#include <string>
#include <vector>

#include "common/error.h"
#include "kernels/kernel.h"

namespace mandel {

inline constexpr unsigned kLanesMax = 1024;

// CPUs that this process may run on (which taskset and containers limit), at least 1.
unsigned usable_cpus();

// `threads` lanes (0: one for each usable CPU), all with the kernel called `kernel` ("auto": the
// fastest that passes its self-test).
Result<std::vector<const Backend*>> choose_lanes(const std::string& kernel, unsigned threads);

// "2 lanes of scalar on cpu".
std::string in_words(const std::vector<const Backend*>& lanes);

// What --list-kernels prints: a line for each backend, with the outcome of its self-test.
std::string kernel_table();

}  // namespace mandel
