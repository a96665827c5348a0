// The probe behind `--chunks auto`: before the job, a few of its rows go out to the crew as chunks
// of two sizes, and what they tell of network and kernels says how many chunks suit the
// picture (chunk_choice.h). Their counts are thrown away: the probe costs 2 % of the rows at most,
// and a job whose chunks are all alike is worth more to everything that comes after.
#pragma once

#include <memory>

#include "common/job.h"
#include "common/wakeup.h"
#include "master/chunk_choice.h"
#include "master/crew.h"
#include "master/ledger.h"

namespace mandel {

// Waits for the first worker as long as `patience`. A picture too small to be probed cheaply, or a
// probe that tells nothing, leaves the choice to `otherwise`.
tl::expected<ChunkChoice, Unfinished> probe_chunks(Crew& crew, const Job& job,
                                                   const std::shared_ptr<const Axes>& axes,
                                                   std::uint32_t otherwise, Nanoseconds patience,
                                                   StopSignals& signals);

}  // namespace mandel
