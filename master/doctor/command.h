// `mandel-master doctor`: why can't these hosts be used? A command of its own, because a job tells
// little: it dials a host that does not answer again and again, since the host may be about to
// start, and says one sentence at its end. Doctor tries each step once, with a deadline, and says
// which one fails.
#pragma once

#include "master/cli/options.h"

namespace mandel {

// Returns the exit code: kExitDone if every host is well.
int run_doctor(const Options& options);

}  // namespace mandel
