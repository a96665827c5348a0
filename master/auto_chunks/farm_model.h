// How long would a job take on equal workers, if it was cut like this? A simulation in events, not
// a formula. Pipelining, credit, a shared link, lanes that share chunks and the last straggler
// overlap: a sum of terms is wrong by more than a good choice of the chunk count wins. Credit and
// claims are the real ones (policy.h, kernels/lane_pool.h).
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "master/chunks/chunking.h"

namespace mandel {

struct ModelFarm {
  std::uint32_t workers = 1;
  std::uint32_t lanes = 1;  // of each worker
  std::uint32_t credit_max = 1;
  double latency_ns = 0;        // round trip of a chunk without counts or computing
  double wire_ns_per_byte = 0;  // of the master's link, which all workers share; 0: no limit
  double own_ns = 0;            // what the master itself spends on a chunk
};

// By how much a pixel is dearer when a lane gets only so many rows at once, at least one. Below 16
// the kernel's tiles prove less at once, and its vectors run empty more often.
double tile_factor(std::uint32_t rows);

// What rows take on a lane, apart from tile_factor().
class RowCosts {
 public:
  RowCosts(std::uint32_t rows, const std::function<double(std::uint32_t)>& ns_of_row);
  std::uint32_t rows() const { return static_cast<std::uint32_t>(sums_.size() - 1); }
  double lane_ns(const Band& band) const;

 private:
  std::vector<double> sums_;  // of all rows before
};

struct Cut {
  std::vector<Band> chunks = {};
  // Only so many chunks are known at first, and a worker may hold `share` of them, whatever its
  // speed; the others are there once `needed` of these have come back. 0: all are known.
  std::uint32_t opening = 0;
  std::uint32_t share = 0;
  std::uint32_t needed = 0;
  std::uint32_t columns = 1;
  double bytes_per_pixel = 4;  // of the counts on the wire
};

// From the first chunk's sending to the last one's arrival, in nanoseconds. Takes time in
// proportion to the claims of all lanes.
double predict_wall_ns(const ModelFarm& farm, const Cut& cut, const RowCosts& costs);

}  // namespace mandel
