// See figures.h.
#include "master/sweep/figures.h"

#include <algorithm>
#include <numeric>

#include "common/base/error.h"

namespace mandel {

const RunFigures& SweepPoint::median() const {
  MANDEL_ASSERT(!runs.empty());
  std::vector<const RunFigures*> order;
  for (const RunFigures& run : runs) order.push_back(&run);
  std::ranges::sort(order, {}, [](const RunFigures* run) { return run->wall_ns; });
  return *order[(order.size() - 1) / 2];
}

std::uint32_t Sweep::lanes() const {
  return std::accumulate(
      workers.begin(), workers.end(), 0u,
      [](std::uint32_t lanes, const SweepWorker& worker) { return lanes + worker.lanes; });
}

}  // namespace mandel
