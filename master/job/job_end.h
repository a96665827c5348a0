// The end of a job: what the user is told, which files get their names or stay for --resume, and
// the exit code.
#pragma once

#include <optional>
#include <string>

#include "master/cli/options.h"
#include "master/job/job_spec.h"
#include "master/results/writer.h"
#include "master/sinks/output_file.h"
#include "master/stats/outcome.h"

namespace mandel {

struct JobEnd {
  const Options& options;
  const JobSpec& spec;
  const Chunking& chunking;
  Writer& writer;
  Outcome outcome;
};

// `json`, if there is one, gets the figures. `digest` is the sink's, which has it after the
// writer's finish().
int end_job(JobEnd end, std::optional<OutputFile>& json, const std::string& digest);

}  // namespace mandel
