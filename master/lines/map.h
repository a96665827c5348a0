// `mandel-master map`: a filter that reads chunks and writes their results, a line each, as they
// come. Several chunks are in the lanes at once, so results come in whatever order they are done.
#pragma once

#include "common/program/lanes.h"

namespace mandel {

// From standard input to standard output; `with_counts`, or with their sums and hashes alone.
// Returns the exit code.
int run_map(const LaneChoice& choice, bool with_counts);

}  // namespace mandel
