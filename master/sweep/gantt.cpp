// See gantt.h.
#include "master/sweep/gantt.h"

#include <algorithm>
#include <tuple>

namespace mandel {
namespace {

// Puts together what follows each other on a lane, to blocks no longer than `longest`.
std::vector<GanttBlock> put_together(const std::vector<GanttBlock>& blocks, Nanoseconds longest) {
  std::vector<GanttBlock> fewer;
  for (const GanttBlock& block : blocks) {
    if (fewer.empty() || fewer.back().row != block.row ||
        block.ended - fewer.back().began > longest) {
      fewer.push_back(block);
      continue;
    }
    GanttBlock& last = fewer.back();
    last.ended = std::max(last.ended, block.ended);
    last.prepared_ns += block.prepared_ns;
    last.computed_ns += block.computed_ns;
    last.encoded_ns += block.encoded_ns;
    last.spans += block.spans;
  }
  return fewer;
}

std::vector<GanttBlock> all_blocks(const std::vector<SweepWorker>& workers, const RunFigures& run,
                                   std::uint32_t rows) {
  std::vector<std::uint32_t> first_row;
  std::uint32_t next = 0;
  for (const SweepWorker& worker : workers) {
    first_row.push_back(next);
    next += worker.lanes;
  }
  std::vector<GanttBlock> blocks;
  for (const ChunkTimes& chunk : run.chunks) {
    for (const LaneSpan& span : chunk.spans) {
      if (chunk.worker >= workers.size() || span.lane >= workers[chunk.worker].lanes) continue;
      const std::uint32_t row = first_row[chunk.worker] + span.lane;
      if (row >= rows) continue;
      blocks.push_back({row, span.began, span.end(), span.prepared_ns, span.computed_ns,
                        span.encoded_ns, chunk.chunk, 1});
    }
  }
  std::ranges::sort(blocks, {},
                    [](const GanttBlock& one) { return std::tuple(one.row, one.began); });
  return blocks;
}

}  // namespace

std::vector<GanttBlock> gantt_blocks(const std::vector<SweepWorker>& workers, const RunFigures& run,
                                     std::uint32_t rows, std::size_t most) {
  std::vector<GanttBlock> blocks = all_blocks(workers, run, rows);
  // From a length that no eye tells from none, to that of the whole run, which leaves one a row.
  for (Nanoseconds longest = std::max<Nanoseconds>(run.wall_ns / 2048, 1); blocks.size() > most;
       longest *= 2) {
    blocks = put_together(blocks, longest);
    if (longest > run.wall_ns && blocks.size() > most) blocks.resize(most);
  }
  return blocks;
}

}  // namespace mandel
