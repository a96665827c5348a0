// Numbers that nobody can foresee, from the operating system: for names of jobs and processes, no
// two of which may be equal, and for the choice of what is audited.
#pragma once

#include <cstdint>
#include <sys/random.h>

#include "common/base/error.h"

namespace mandel {

inline std::uint64_t random_number() {
  std::uint64_t number = 0;
  MANDEL_ASSERT(getentropy(&number, sizeof number) == 0);
  return number;
}

}  // namespace mandel
