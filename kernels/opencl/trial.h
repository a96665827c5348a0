// Runs others' code, an OpenCL driver's, in a child process first: its compiler may crash or never
// return, and a worker must outlive that. A fork without exec, so that a library can do it, too: it
// has no program of its own to start. The child touches what the parent has not, and only that.
//
// Yet a lock that another thread held at the moment of the fork (seen: that of the exit handlers,
// which dlclose() takes) is held in the child for ever. A child that waits for one uses no CPU:
// then another is forked.
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

constexpr int kForks = 3;

// Ends the child when it has not said anything for `patience`. One that sleeps for `sleep_max`
// without a word is ended and forked anew. The last of kForks may sleep: so does a driver that
// waits for its device, or for a compiler that is a process of its own.
Trial try_in_child(const std::function<void(const Say&)>& work, std::chrono::milliseconds patience,
                   std::chrono::milliseconds sleep_max = std::chrono::seconds{3});

}  // namespace mandel::opencl
