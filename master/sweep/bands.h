// The picture's rows as bands that a drawing can hold: a chunk each, or neighbours together. To
// draw only some of the chunks would be easier, but might leave out the dearest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "master/sweep/figures.h"

namespace mandel {

struct CostBand {
  std::uint32_t first_row = 0;
  std::uint32_t rows = 0;
  Nanoseconds computed_ns = 0;  // of all its rows, lane time
  std::uint32_t worker = 0;     // where neighbours are put together, the first one's
  std::uint32_t first_chunk = 0;
  std::uint32_t chunks = 0;

  double row_ns() const { return rows > 0 ? static_cast<double>(computed_ns) / rows : 0; }
};

// Of the accepted chunks of `run`, top to bottom, at most `most`.
std::vector<CostBand> cost_bands(const RunFigures& run, std::size_t most);

// What the dearest band's rows cost, in rows of average cost; 0 if nothing did.
double dearest_row(const std::vector<CostBand>& bands);

}  // namespace mandel
