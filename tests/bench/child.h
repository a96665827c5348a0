// A process that serves on a port of its own, for the benchmarks: started, asked where it listens,
// asked for the CPU time that it took, killed. The tests' Process (tests/e2e/process.h) would bring
// GoogleTest along, and knows no times.
#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

#include "common/base/clock.h"

namespace mandel {

class Child {
 public:
  // Runs `command`, a path and its arguments, and waits for its first line, "... listens on
  // HOST:PORT with ...". Throws std::runtime_error if there is none.
  explicit Child(std::vector<std::string> command);
  // Kills it.
  ~Child();
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;

  const std::string& address() const { return address_; }
  std::string endpoint() const { return "tcp://" + address_; }
  // Of all its threads, since it started.
  Nanoseconds cpu_time() const;

 private:
  pid_t pid_ = -1;
  std::string address_;
};

}  // namespace mandel
