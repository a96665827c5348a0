// See bands.h.
#include "master/sweep/bands.h"

#include <algorithm>

namespace mandel {

std::vector<CostBand> cost_bands(const RunFigures& run, std::size_t most) {
  std::vector<const ChunkTimes*> chunks;
  for (const ChunkTimes& chunk : run.chunks)
    if (chunk.is_accepted) chunks.push_back(&chunk);
  std::ranges::sort(chunks, {}, [](const ChunkTimes* chunk) { return chunk->first_row; });
  const std::size_t together = (chunks.size() + most - 1) / most;
  std::vector<CostBand> bands;
  for (std::size_t k = 0; k < chunks.size(); ++k) {
    const ChunkTimes& chunk = *chunks[k];
    if (k % together == 0) bands.push_back({chunk.first_row, 0, 0, chunk.worker, chunk.chunk, 0});
    bands.back().rows += chunk.rows;
    bands.back().computed_ns += chunk.computed_ns;
    bands.back().chunks += 1;
  }
  return bands;
}

double dearest_row(const std::vector<CostBand>& bands) {
  double dearest = 0;
  double total_ns = 0;
  double rows = 0;
  for (const CostBand& band : bands) {
    dearest = std::max(dearest, band.row_ns());
    total_ns += static_cast<double>(band.computed_ns);
    rows += band.rows;
  }
  return total_ns > 0 ? dearest * rows / total_ns : 0;
}

}  // namespace mandel
