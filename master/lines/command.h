// `mandel-master split`, `map` and `reduce`: a job's chunks as lines that any program may carry to
// any process. Nobody here connects to anything. Who has a scheduler already, but nothing that may
// listen on a port, computes the very same chunks.
#pragma once

#include "master/cli/options.h"

namespace mandel {

// What options.lines says. Returns the exit code.
int run_lines(const Options& options);

}  // namespace mandel
