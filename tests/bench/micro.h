// Google Benchmark's measurements of the pieces: what a call, a band of rows, a grid, a hash or the
// codec costs by itself.
#pragma once

#include <string>
#include <vector>

namespace mandel {

// `arguments` are Google Benchmark's own options. Returns the process's exit status.
int run_micro(const std::string& program, std::vector<std::string> arguments);

}  // namespace mandel
