// The end of a job: what the user is told, which files get their names or stay for --resume, and
// the exit code.
#pragma once

#include <optional>
#include <string>

#include "common/net/wakeup.h"
#include "master/cli/options.h"
#include "master/job/job_spec.h"
#include "master/results/pixel_audit.h"
#include "master/results/writer.h"
#include "master/sinks/output_file.h"
#include "master/sinks/sink.h"
#include "master/stats/outcome.h"
#include "master/stats/trace.h"

namespace mandel {

struct JobEnd {
  const Options& options;
  const JobSpec& spec;
  const Chunking& chunking;
  Writer& writer;
  Outcome outcome;
  PixelAudit* audit;                    // may be null
  std::optional<OutputFile>& location;  // gets the place
  std::optional<OutputFile>& json;      // gets the figures
  std::optional<TraceWriter>& trace;    // worth having whatever became of the job
  const CountsDigest* digest;           // there after the writer's finish(); null: nobody wants it
  StopSignals& signals;                 // held until now
};

// Files first: what is shown may find no reader, or one that takes its time.
int end_job(JobEnd end);

}  // namespace mandel
