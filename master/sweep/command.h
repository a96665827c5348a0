// `mandel-master sweep`: from the command line's options to a table on the terminal, the fitted
// model, and the report's files.
#pragma once

#include <memory>

#include "common/net/wakeup.h"
#include "master/cli/options.h"
#include "master/crew/crew.h"
#include "master/live/live_page.h"
#include "master/sweep/measure.h"
#include "master/sweep/report.h"

namespace mandel {

// The job with the chunk counts that can be had of those asked for.
SweepJob sweep_job(const Options& options);

// Has no file of --report another role, too?
Result<void> check_report(const Options& options);
// The report that --report asks for; null: none.
Result<std::unique_ptr<Report>> open_report(const Options& options);

// Returns the exit code.
int run_sweep(const Options& options, const SweepJob& job, std::unique_ptr<Report> report,
              Crew& crew, StopSignals& signals, LivePage* live);

}  // namespace mandel
