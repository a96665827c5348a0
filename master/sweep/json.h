// A sweep for programs: everything that was measured, down to each lane's part of each chunk. Not
// only what our plots show: whoever has another question need not measure again.
#pragma once

#include <string>

#include "master/sweep/figures.h"
#include "master/sweep/fit_view.h"

namespace mandel {

// Times are named as in --json: in seconds, and NAME_seconds. A run's chunks and spans are given by
// column, not by record: a tenth of the size, and what data frames are made of. `fit` may be null.
//
// Deprecated, for scripts that were written before 0.2.0:
//
//     of the sweep              one_lane_ns              now one_lane_seconds
//     of a run                  wall_ns                  wall_seconds
//                               master_cpu_ns            cpu_seconds
//                               overhead_per_chunk_us    overhead_per_chunk_seconds
//                               split, of PART_ns        time, of PART_seconds
//     of its chunks and spans   NAME_ns                  NAME_seconds
//     of the fit's points       wall_s                   wall_seconds
std::string sweep_json(const Sweep& sweep, const FitView* fit);

}  // namespace mandel
