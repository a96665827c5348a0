// Numbers that nobody can foresee, from the operating system: names of jobs and of processes, which
// must not meet, and what an audit looks at.
#pragma once

#include <cstdint>
#include <random>

namespace mandel {

inline std::uint64_t random_number() {
  std::random_device source;
  return (std::uint64_t{source()} << 32) | source();
}

}  // namespace mandel
