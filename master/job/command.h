// `mandel-master` without a subcommand: one job from the first file opened to the exit code, with
// all that may go along: --chunks auto, --metrics, --trace, --json.
#pragma once

#include <string>

#include "common/net/wakeup.h"
#include "master/cli/options.h"
#include "master/crew/crew.h"
#include "master/job/job_spec.h"
#include "master/live/live_page.h"

namespace mandel {

// The page shows and keeps the end of what was computed, and is served on if that is wished.
// Returns the exit code, which was that one before.
int end_page(LivePage& live, const Options& options, int exit_code, bool is_done,
             std::string ending, StopSignals& signals);

// Returns the exit code. The crew stays where it is until then. `live` may be null.
int run_job(const Options& options, JobSpec spec, Crew& crew, StopSignals& signals, LivePage* live);

}  // namespace mandel
