// Which instruction sets the SIMD backends are compiled for, and their rows of the registry: one
// that takes the best set of the CPU it runs on, and one for each set, offered by name only, so
// that a test can run them all and not just the best. Include after <hwy/foreach_target.h>.
#pragma once

#include <hwy/highway.h>
#include <memory>
#include <type_traits>

#include "kernels/backends.h"

namespace mandel {

// The kernel for one instruction set, or null where it was not compiled or the CPU lacks it.
template <std::int64_t kTarget, auto kMake>
std::unique_ptr<Kernel> make_on_target() {
  if constexpr (std::is_null_pointer_v<decltype(kMake)>) {
    return nullptr;
  } else {
    return (hwy::SupportedTargets() & kTarget) != 0 ? kMake() : nullptr;
  }
}

}  // namespace mandel

#define MANDEL_SIMD_ROW(name, summary, make, suffix, target)           \
  Backend {                                                            \
    name suffix, "cpu", kExactF64, summary,                            \
        make_on_target<HWY_##target, HWY_CHOOSE_##target(make)>, true, \
  }

// The rows of one backend. `name` and `summary` are literals, `best` makes the kernel for the best
// set, and `make` is the function's name in the namespace of each set.
#define MANDEL_SIMD_ROWS(name, summary, best, make)                         \
  {                                                                         \
    Backend{name, "cpu", kExactF64, summary, best, false},                  \
        MANDEL_SIMD_ROW(name, summary " (SSE4)", make, ":sse4", SSE4),      \
        MANDEL_SIMD_ROW(name, summary " (AVX2)", make, ":avx2", AVX2),      \
        MANDEL_SIMD_ROW(name, summary " (AVX-512)", make, ":avx512", AVX3), \
        MANDEL_SIMD_ROW(name, summary " (NEON)", make, ":neon", NEON),      \
  }
