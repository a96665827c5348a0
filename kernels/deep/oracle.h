// One pixel by the definition: MPFR with as many bits as it takes, and a disc around each z that
// holds the true one. Slow and simple: what all else is compared with, what decides the last
// pixels, and what audits. Not Arb's balls, which are rectangles: these grow by half a bit an
// iteration more than the orbit does, the disc by nothing.
#pragma once

#include <cstdint>
#include <gmpxx.h>

#include "kernels/deep/exact.h"
#include "kernels/stop_poll.h"

namespace mandel {

struct OracleCount {
  std::uint32_t count = 0;
  std::uint64_t iterations = 0;  // of the definition
  bool stopped = false;          // by the poll: there is no count
};

// The true count of c = x + iy. `pixel_bits` (ExactGrid) says how many bits to begin with; where
// they don't decide, it takes more. Throws DeepError where 64 times as many don't: then |z| = 2
// for some z, or as good as.
OracleCount true_count(const mpq_class& x, const mpq_class& y, std::uint32_t max_iter,
                       long pixel_bits, const StopPoll& stop);

// Of a view's pixel.
inline OracleCount true_count(const ExactGrid& grid, std::uint32_t column, std::uint32_t row,
                              std::uint32_t max_iter, const StopPoll& stop) {
  return true_count(grid.x(column), grid.y(row), max_iter, grid.pixel_bits(), stop);
}

}  // namespace mandel
