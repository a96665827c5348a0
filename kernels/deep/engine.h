// What computes one picture of true-count, shared by all lanes of a worker: what is prepared once
// (a reference orbit, tables) serves every row. Not a Kernel: that takes arrays of doubles, which
// can't carry these coordinates, and belongs to one lane.
//
// true-count: let c be the pixel's point, exactly as DeepView says, z(0) = 0, z(n+1) = z(n)^2 + c
// in the complex numbers. The count is the least n with 0 <= n < max_iter and |z(n+1)| > 2, or 0 if
// there is none. No rounding occurs in this text. So the count depends on nothing else: not on the
// machine, the vector width, the reference, the rows that are asked for together, or the version.
// Whatever an engine does to find it, it proves: docs/deep.md.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "kernels/deep/view.h"
#include "kernels/deep_engine.h"  // IWYU pragma: export

namespace mandel {

inline constexpr std::string_view kTrueCount = "true-count";

// A way to compute true-count, as Backend is for counts of doubles. Views point to literals.
struct DeepBackend {
  std::string_view name;     // what the user types after --kernel
  std::string_view summary;  // one line for --list-kernels
  // An engine for a view without defects. Prepares nothing yet. max_iter <= kIterMax.
  std::unique_ptr<DeepEngine> (*make)(const DeepView& view, std::uint32_t max_iter);
};

// All in this build, fastest last; none where it has no GMP and MPFR.
std::span<const DeepBackend> deep_backends();

// Null if there is none of that name.
const DeepBackend* find_deep_backend(std::string_view name);

// Computes small pictures whose counts are known. Empty if all are right, else one sentence;
// nothing if it was stopped. Takes up to a second, and on a slow machine much longer, so it is
// asked when the first picture is prepared, not when a program starts.
std::optional<std::string> self_test_failure(const DeepBackend& backend, const StopPoll& stop = {});

}  // namespace mandel
