// What is to be computed and where it goes, in one form for a job that begins and for one that goes
// on: the command line, or a journal, made into everything that main() hands to the run.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "common/base/error.h"
#include "kernels/grid.h"
#include "master/chunks/chunking.h"
#include "master/cli/options.h"
#include "master/results/journal.h"
#include "master/results/writer.h"
#include "master/sinks/sink.h"

namespace mandel {

struct Assignment {
  JournalHeader record;  // `store` without meaning where there is none
  std::shared_ptr<const Axes> axes;
  PictureSize size;
  std::string remark;                       // for the user; may be empty
  std::string journal_path;                 // empty: no journal is kept
  std::optional<Journal::Resumed> resumed;  // the journal of the job that goes on

  Chunking chunking() const { return {size.rows, record.opening, record.chunks}; }
  std::size_t chunk_bytes_max() const {
    return std::size_t{chunking().band_rows_max()} * size.columns * sizeof(std::uint32_t);
  }
};

// Touches no file but a journal that is there: --resume names it, --continue goes on with it if it
// is of the very job that the command line describes. Errors name the option.
Result<Assignment> take_up(const Options& options);

// The files that the assignment keeps, opened before it starts, so that a bad path costs no
// computing, and what of it an earlier master has done and the disk has kept. With a journal that
// goes on, a chunk whose counts are not what the journal says is left out.
struct Opened {
  Writer::Config writer;
  std::size_t spoilt = 0;  // chunks that the journal has and the store hasn't
};
Result<Opened> open_files(Assignment& assignment, bool has_audit);

// How to go on after a run that did not complete the job, as a half sentence.
std::string how_to_go_on(const Assignment& assignment, const Options& options, bool is_resumable);

}  // namespace mandel
