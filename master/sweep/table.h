// A sweep as a table: the same cells for the terminal and for the page. They are text already,
// units chosen and digits cut, so that the two can't round differently.
#pragma once

#include <string>
#include <vector>

#include "master/sweep/figures.h"

namespace mandel {

struct SweepTable {
  std::vector<std::string> heads;              // with units
  std::vector<std::vector<std::string>> rows;  // one a point, of medians, as wide as `heads`
  std::size_t best = 0;                        // the row with the shortest wall time
};

SweepTable table_of(const Sweep& sweep);

// For a terminal: the table, its best row marked, and a sentence that says where the minimum is and
// why. derived.h defines the figures.
std::string sweep_table(const Sweep& sweep);

}  // namespace mandel
