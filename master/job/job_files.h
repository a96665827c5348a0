// The files that a job keeps: journal, store, sinks, figures and trace. All are opened before the
// job starts, so that a bad path costs no computing.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "common/base/error.h"
#include "master/cli/options.h"
#include "master/job/job_spec.h"
#include "master/results/writer.h"
#include "master/sinks/output_file.h"

namespace mandel {

// Of a job that goes on, the writer has what an earlier master has done and the disk has kept: a
// chunk whose counts are not what the journal says is left out.
struct JobFiles {
  Writer::Config writer;
  std::size_t spoilt = 0;                      // chunks that the journal has and the store hasn't
  std::shared_ptr<const CountsDigest> digest;  // a sink's; null: nobody wants it
  std::optional<OutputFile> json;              // if it is wanted, as are the others
  std::optional<OutputFile> location;
  std::optional<OutputFile> trace;
};

// Is every file that the job writes another one? Nothing is opened yet.
Result<void> check_files(const Options& options, const JobSpec& spec);

// Errors name the option, and leave nothing behind.
// Reading the counts of a large picture takes long; `is_called_off` ends it, and what comes back is
// to be abandoned.
Result<JobFiles> open_job_files(const Options& options, JobSpec& spec,
                                const std::function<bool()>& is_called_off = {});

// Instead of a job: of one that would have begun nothing is left; one that goes on stays as it is.
void abandon(JobFiles files);

}  // namespace mandel
