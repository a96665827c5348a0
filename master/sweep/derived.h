// What follows from a sweep's measurements by arithmetic alone, defined once for the table, the
// plots and the files.
#pragma once

#include "master/sweep/figures.h"

namespace mandel {

struct Derived {
  double speed_up = 0;               // one_lane_ns() / wall
  double efficiency = 0;             // speed_up / lanes
  double overhead_per_chunk_us = 0;  // (lanes x wall - computing) / chunks
  double network_share = 0;  // of lanes x wall: idle while a chunk or a result was on its way
};

// The job's computing time on one lane: the kernels' time, added up over the lanes, in the median
// run of the chunk count where it is least, since cutting and sharing a machine only add to it.
// Where lanes differ in speed (a GPU beside CPUs) it is that of the mixture which computed that
// run.
Nanoseconds one_lane_ns(const Sweep& sweep);

// Of `run`, which is one of `point`'s. Nothing is divided by zero: what has no meaning is 0.
Derived derive(const Sweep& sweep, const SweepPoint& point, const RunFigures& run);

// The point with the shortest median wall time; of equals, the one with the fewest chunks.
const SweepPoint& best_point(const Sweep& sweep);

struct WallRange {
  Nanoseconds min = 0;
  Nanoseconds max = 0;
};
WallRange wall_range(const SweepPoint& point);

}  // namespace mandel
