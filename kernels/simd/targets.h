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

#define MANDEL_SIMD_ROW(row_name, text, maker, variant)                             \
  Backend {                                                                         \
    .name = (row_name), .device = "cpu", .semantics = kExactF64, .summary = (text), \
    .make = (maker), .by_name_only = (variant)                                      \
  }

// The rows of one backend. `name` and `summary` are literals, `best` makes the kernel for the best
// set, and `make` is the function's name in the namespace of each set.
#define MANDEL_SIMD_ROWS(name, summary, best, make)                             \
  {                                                                             \
      MANDEL_SIMD_ROW(name, summary, best, false),                              \
      MANDEL_SIMD_ROW(name ":sse4", summary " (SSE4)",                          \
                      (make_on_target<HWY_SSE4, HWY_CHOOSE_SSE4(make)>), true), \
      MANDEL_SIMD_ROW(name ":avx2", summary " (AVX2)",                          \
                      (make_on_target<HWY_AVX2, HWY_CHOOSE_AVX2(make)>), true), \
      MANDEL_SIMD_ROW(name ":avx512", summary " (AVX-512)",                     \
                      (make_on_target<HWY_AVX3, HWY_CHOOSE_AVX3(make)>), true), \
      MANDEL_SIMD_ROW(name ":neon", summary " (NEON)",                          \
                      (make_on_target<HWY_NEON, HWY_CHOOSE_NEON(make)>), true), \
  }
