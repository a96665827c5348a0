// `mandel-master sweep`: from the command line's options to a table on the terminal, the fitted
// model, and the report's files.
#pragma once

#include <vector>

#include "common/net/wakeup.h"
#include "master/cli/options.h"
#include "master/crew/crew.h"
#include "master/sweep/measure.h"

namespace mandel {

// The job with the chunk counts that can be had of those asked for.
SweepJob sweep_job(const Options& options);

// Returns the exit code.
int run_sweep(const Options& options, const SweepJob& job, Crew& crew, StopSignals& signals);

}  // namespace mandel
