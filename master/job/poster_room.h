// Has the disk room for the job's posters? A store takes its room before the job begins; tiles, a
// hundred thousand files, can't. So what they will need is estimated, said, and held against what
// is free.
#pragma once

#include "common/base/error.h"
#include "master/job/job_spec.h"

namespace mandel {

// Logs a line for each poster. The error has both figures.
Result<void> check_poster_room(const JobSpec& spec);

}  // namespace mandel
