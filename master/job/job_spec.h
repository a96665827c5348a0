// What is to be computed and where it goes, in one form for a job that begins and for one that goes
// on: the command line, or a journal, made into all that a run needs to know of its job.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/base/error.h"
#include "kernels/grid.h"
#include "master/chunks/chunking.h"
#include "master/chunks/picture_size.h"
#include "master/cli/options.h"
#include "master/colours/rendering.h"
#include "master/live/live_state.h"
#include "master/results/journal.h"

namespace mandel {

struct JobSpec {
  JournalHeader header;  // `store` without meaning where there is none
  Rendering rendering;   // the header has it as text
  std::shared_ptr<const Axes> axes;
  PictureSize size;
  std::string remark;                       // for the user; may be empty
  std::string journal_path;                 // empty: no journal is kept
  std::optional<Journal::Resumed> resumed;  // the journal of the job that goes on

  Chunking chunking() const { return {size.rows, header.opening, header.chunks}; }
  std::size_t chunk_bytes_max() const {
    return std::size_t{chunking().band_rows_max()} * size.columns * sizeof(std::uint32_t);
  }
};

// Touches no file but a journal: the one that --resume names, or with --continue the one of this
// very job, if it is there. Errors name the option.
Result<JobSpec> job_spec_of(const Options& options);

// For the page that shows it.
LiveJob live_job(const Job& job, const PictureSize& size, std::shared_ptr<const Axes> axes,
                 std::uint32_t chunks);

// "the tutorial's 500 x 500 pixels, 1000 iterations"
std::string in_words(const Job& job, const PictureSize& size);

// How to go on after a run that did not complete the job, as a half sentence.
std::string how_to_go_on(const JobSpec& spec, const Options& options, bool is_resumable);

}  // namespace mandel
