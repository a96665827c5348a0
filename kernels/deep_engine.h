// What computes one picture of true-count, as the lanes see it; deep/engine.h says what that is,
// and which there are. Apart from that, since the pool of lanes knows no way to compute.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>

#include "kernels/kernel.h"
#include "kernels/stop_poll.h"

namespace mandel {

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

struct DeepBackend;  // deep/engine.h

}  // namespace mandel
