// A program that starts a master may be killed, and then can't end it. So the master watches that
// program, and goes when it goes. Not PR_SET_PDEATHSIG: it watches the thread that forked.
#pragma once

#include <sys/types.h>

#include "common/base/error.h"

namespace mandel {

// From here on this process gets SIGTERM when the process `parent` ends, or at once if it has ended
// already.
Result<void> end_with(pid_t parent);

}  // namespace mandel
