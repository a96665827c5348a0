// `mandel-master doctor`: why can't these hosts be used?
#pragma once

#include "master/cli/options.h"

namespace mandel {

// Returns the exit code: kExitDone if every host is well.
int run_doctor(const Options& options);

}  // namespace mandel
