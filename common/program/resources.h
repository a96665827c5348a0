// What a machine, or the limits set for this process, may lack: descriptors, threads, memory. It is
// counted and tried before the work begins. Later, in the middle of libzmq, all that a library can
// do about it is to abort.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

namespace mandel {

// Thrown, and caught by run_program() only: nobody in between could do anything about it. A
// sentence that says what is needed, what there is and what to do.
class Want : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// As many descriptors as the system allows; returns how many this process may have open.
std::size_t raise_file_limit();
// Throws Want unless so many more can be opened. `what` needs them: "400 workers".
void need_descriptors(std::size_t count, const std::string& what);
// Throws Want unless so many threads can run at once beside those that do. `what` needs them.
void need_threads(std::size_t count, const std::string& what);

// Those of this process's limits that a system call's error may be due to, for a message; 0: any of
// memory.
std::string limits_text(int error);

}  // namespace mandel
