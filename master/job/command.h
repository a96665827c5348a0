// `mandel-master` without a subcommand: one job from the first file opened to the exit code, with
// all that may go along: --chunks auto, --metrics, --trace, --json.
#pragma once

#include "common/net/wakeup.h"
#include "master/cli/options.h"
#include "master/crew/crew.h"
#include "master/job/job_spec.h"
#include "master/live/live_page.h"

namespace mandel {

// Returns the exit code. The crew stays where it is until then. `live` may be null.
int run_job(const Options& options, JobSpec spec, Crew& crew, StopSignals& signals, LivePage* live);

}  // namespace mandel
