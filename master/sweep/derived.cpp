// See derived.h.
#include "master/sweep/derived.h"

#include <algorithm>

#include "common/base/error.h"

namespace mandel {
namespace {

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

}  // namespace

Nanoseconds one_lane_ns(const Sweep& sweep) {
  MANDEL_ASSERT(!sweep.points.empty());
  const auto computing_ns = [](const SweepPoint& point) {
    return point.median().split.computing_ns;
  };
  return computing_ns(*std::ranges::min_element(sweep.points, {}, computing_ns));
}

Derived derive(const Sweep& sweep, const SweepPoint& point, const RunFigures& run) {
  const auto wall_ns = static_cast<double>(run.wall_ns);
  const double lanes = sweep.lanes();
  const double lost_ns = lanes * wall_ns - static_cast<double>(run.split.computing_ns);
  Derived derived;
  derived.speed_up = ratio(static_cast<double>(one_lane_ns(sweep)), wall_ns);
  derived.efficiency = ratio(derived.speed_up, lanes);
  derived.overhead_per_chunk_us = ratio(lost_ns * 1e-3, point.chunks);
  derived.network_share = ratio(static_cast<double>(run.split.wire_ns), lanes * wall_ns);
  return derived;
}

const SweepPoint& best_point(const Sweep& sweep) {
  MANDEL_ASSERT(!sweep.points.empty());
  return *std::ranges::min_element(sweep.points, {},
                                   [](const SweepPoint& point) { return point.median().wall_ns; });
}

WallRange wall_range(const SweepPoint& point) {
  MANDEL_ASSERT(!point.runs.empty());
  const auto [min, max] =
      std::ranges::minmax(point.runs, {}, [](const RunFigures& run) { return run.wall_ns; });
  return {min.wall_ns, max.wall_ns};
}

}  // namespace mandel
