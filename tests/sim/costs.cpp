// See costs.h.
#include "tests/sim/costs.h"

#include <numeric>

namespace mandel::sim {
namespace {

constexpr int kIterations = 200;
constexpr int kColumns = 48;

int iterations(double cx, double cy) {
  double x = 0;
  double y = 0;
  for (int n = 0; n < kIterations; ++n) {
    const double next = (x * x - y * y) + cx;
    y = 2 * x * y + cy;
    x = next;
    if (x * x + y * y > 4) return n + 1;
  }
  return kIterations;
}

double row_cost(double y) {
  double cost = 0;
  for (int column = 0; column < kColumns; ++column)
    cost += iterations(-2.13 + 2.9 * (column + 0.5) / kColumns, y);
  return cost;
}

}  // namespace

std::vector<double> relative_costs(Profile profile, std::uint32_t chunks, double monster) {
  std::vector<double> costs(chunks, 1.0);
  if (profile == Profile::kHump)
    for (std::uint32_t k = 0; k < chunks; ++k) costs[k] = row_cost(1.3 - 2.6 * (k + 0.5) / chunks);
  if (profile == Profile::kMonster) costs[chunks * 2 / 3] = monster;
  const double mean = std::accumulate(costs.begin(), costs.end(), 0.0) / chunks;
  for (double& cost : costs) cost /= mean;
  return costs;
}

}  // namespace mandel::sim
