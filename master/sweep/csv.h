// A sweep for a spreadsheet: one line a run. Not one a chunk count, because medians would hide how
// much the repeats differ. Lanes and chunks are in sweep.json, since they fit into no flat table.
#pragma once

#include <string>

#include "master/sweep/figures.h"

namespace mandel {

// RFC 4180, with a line of names: those of sweep.json, where times are NAME_seconds. The run's
// derived figures (derived.h) are there too, so that no formula has to be written again.
// Deprecated, as in sweep.json: NAME_ns, and overhead_per_chunk_us.
std::string sweep_csv(const Sweep& sweep);

}  // namespace mandel
