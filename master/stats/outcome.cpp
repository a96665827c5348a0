// See outcome.h.
#include "master/stats/outcome.h"

namespace mandel {

std::uint32_t Outcome::lanes() const {
  std::size_t lanes = 0;
  for (const WorkerTotals& totals : workers) lanes += totals.splits.size();
  return static_cast<std::uint32_t>(lanes);
}

TimeSplit Outcome::split() const {
  TimeSplit split;
  for (const WorkerTotals& totals : workers)
    for (const TimeSplit& lane : totals.splits) split += lane;
  return split;
}

}  // namespace mandel
