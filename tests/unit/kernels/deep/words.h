// A triple's exact value, for tests that compare it with numbers of many more bits.
#pragma once

#include <vector>

#include "kernels/deep/triple.h"

namespace mandel {

// Their sum is the value. (Each difference is exact.)
inline std::vector<WidePair> words_of(Triple value) {
  std::vector<WidePair> words;
  for (Wide head = rough(value); !head.is_zero(); head = rough(value)) {
    words.emplace_back(Pair(head.mantissa()), head.exponent());
    value = value - Triple(words.back());
  }
  return words;
}

}  // namespace mandel
