// Numbers that nobody can foresee, from the operating system: for names of jobs and processes, no
// two of which may be equal, and for the choice of what is audited.
#pragma once

#include <cstdint>
#include <random>

namespace mandel {

inline std::uint64_t random_number() {
  std::random_device source;
  return (std::uint64_t{source()} << 32) | source();
}

}  // namespace mandel
