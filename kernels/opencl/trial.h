// Runs others' code, an OpenCL driver's, in a child process first: its compiler may crash or never
// return, and a worker must outlive that. A fork without exec, so that a library can do it, too: it
// has no program of its own to start. The child touches what the parent has not, and only that.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mandel::opencl {

struct Trial {
  std::vector<std::string> said;  // the child's words, in their order
  std::string death;  // how it ended before its time, "died (signal 11)"; empty if it did not
};

// Writes a word, without line breaks, to the parent.
using Say = std::function<void(std::string_view)>;

// Ends the child when it has not said anything for so long.
Trial try_in_child(const std::function<void(const Say&)>& work, std::chrono::milliseconds patience);

}  // namespace mandel::opencl
