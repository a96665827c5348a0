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
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "kernels/deep/view.h"
#include "kernels/kernel.h"
#include "kernels/stop_poll.h"

namespace mandel {

inline constexpr std::string_view kTrueCount = "true-count";

// A count that can't be proved (a point whose orbit touches |z| = 2), or a picture whose
// preparation would not fit. what() is a sentence for the user.
class DeepError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class DeepEngine {
 public:
  DeepEngine() = default;
  DeepEngine(const DeepEngine&) = delete;
  DeepEngine& operator=(const DeepEngine&) = delete;
  virtual ~DeepEngine() = default;

  // Writes the counts of rows first_row to first_row + rows - 1, row-major, to `out`. Many threads
  // may call it at once. The first call prepares the picture while others wait for that; the time
  // is in stats.preparation_ns, of the one and of the others. `stop` is polled at least every
  // 50 ms. Throws DeepError; `out` is then not to be used.
  virtual KernelStats run(std::uint32_t first_row, std::uint32_t rows, std::span<std::uint32_t> out,
                          StopPoll stop) = 0;
};

// A way to compute true-count, as Backend is for counts of doubles. Views point to literals.
struct DeepBackend {
  std::string_view name;     // what the user types after --kernel
  std::string_view summary;  // one line for --list-kernels
  // An engine for a view without defects. Prepares nothing yet. max_iter <= 2^31 - 1.
  std::unique_ptr<DeepEngine> (*make)(const DeepView& view, std::uint32_t max_iter);
};

// All in this build, fastest last; none where it has no GMP and MPFR.
std::span<const DeepBackend> deep_backends();

// Null if there is none of that name.
const DeepBackend* find_deep_backend(std::string_view name);

// Computes small pictures whose counts are known. Empty if all are right, else one sentence. Takes
// up to a second, so it is asked when the first picture is prepared, not when a program starts.
std::string self_test_failure(const DeepBackend& backend);

}  // namespace mandel
