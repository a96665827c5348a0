// A run's lanes as blocks that a drawing can hold: lane spans, and where there are more than can be
// told apart, neighbours put together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "master/sweep/figures.h"

namespace mandel {

// One span, or several of a lane that follow each other closely. What of it is neither preparing,
// computing nor encoding, the lane was idle.
struct GanttBlock {
  std::uint32_t row = 0;  // lanes of all workers, counted through
  Nanoseconds began = 0;  // point
  Nanoseconds ended = 0;  // point
  Nanoseconds prepared_ns = 0;
  Nanoseconds computed_ns = 0;
  Nanoseconds encoded_ns = 0;
  std::uint32_t first_chunk = 0;  // of the first span
  std::uint32_t spans = 0;        // that were put together
};

// At most `most` blocks, by row and time. Spans of lanes that their worker did not announce, and of
// rows from `rows` on, are left out.
std::vector<GanttBlock> gantt_blocks(const std::vector<SweepWorker>& workers, const RunFigures& run,
                                     std::uint32_t rows, std::size_t most);

}  // namespace mandel
