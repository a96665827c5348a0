// What the command line of mandel-master says, as values that have been checked. Plain data:
// whoever acts on them need not ask again whether a value is legal, nor know how it was given.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/keys/key_ring.h"
#include "common/program/lanes.h"
#include "common/program/log.h"
#include "common/wire/job.h"
#include "master/colours/rendering.h"
#include "master/crew/codec_choice.h"
#include "master/crew/sources/host_list.h"
#include "master/recipe/recipe.h"
#include "master/sinks/file_roles.h"

namespace mandel {

// `mandel-master sweep`: the job at each of these chunk counts.
struct SweepOptions {
  std::vector<std::uint32_t> chunks;
  std::uint32_t repeats = 5;
  std::string report;  // a folder; empty: none
};

// `mandel-master split`, `map` and `reduce`: chunks, and what comes of them, as lines.
enum class LinesStep { kSplit, kMap, kReduce };

struct Options {
  std::optional<SweepOptions> sweep;    // instead of computing the job once
  std::string recolour;                 // instead of computing anything: `mandel-master colour`, of
                                        // the counts in this .npy
  std::optional<Grid> place;            // where those are; nothing: nobody says, or a sidecar does
  bool is_doctor = false;               // the same: `mandel-master doctor`
  std::vector<std::string> shown;       // the same: `mandel-master info`, of these files
  std::optional<LinesStep> lines;       // the same
  bool maps_counts = false;             // with the counts themselves, not their sums alone
  Job job;                              // without meaning if there is `resume`
  bool is_made_deep = false;            // it is of true-count though nobody asked for that
  std::string location;                 // the file that the place is from; empty: none
  std::string again_file;               // the picture that is made again; empty: none
  std::optional<Recipe> again;          // what it says
  std::optional<std::uint32_t> chunks;  // nothing: chosen by size
  bool chooses_chunks = false;          // instead (of a sweep: too): by what the first chunks show
  HostList hosts;
  std::optional<Address> listen;  // where workers join; nothing: nowhere
  Credentials credentials{KeyRing::Role::kMaster};
  LaneChoice lanes;  // of the embedded worker
  double patience_s = 10;
  Codec codec = Codec::kAuto;
  double audit = 0;                           // share of chunks that a second worker computes again
  std::optional<std::uint32_t> audit_pixels;  // nothing: as many as a second allows
  std::optional<std::uint32_t> explain;       // a chunk whose life is told
  std::string resume;                         // a journal to go on with; empty: a new job
  bool keeps_journal = true;
  bool continues = false;  // go on with the same job if an earlier run left a journal of it
  std::vector<std::string> outputs;
  bool has_sidecars = false;  // beside outputs that can't say how they were made
  Rendering rendering;
  std::string palette;  // the file that its palette is from; empty: none
  std::string save_location;
  std::string json;
  std::string bands;  // who is told, line by line, which rows are done; empty: nobody
  std::string trace;
  std::string metrics;              // HOST:PORT; empty: none are served
  std::optional<std::string> live;  // HOST[:PORT] of the live page; nothing: it is not served
  bool live_stays = false;          // after the end, until a signal comes
  bool live_is_public = false;      // without a token
  std::string live_save;            // the page as a file
  std::optional<std::uint64_t> expect_sum;
  std::uint32_t parent = 0;  // a process that takes this one along when it ends; 0: none
  bool is_quiet = false;
  bool is_verbose = false;
  LogFormat log_format = LogFormat::kHuman;

  Nanoseconds patience() const { return static_cast<Nanoseconds>(patience_s * kSecond); }
};

// What is read while the job runs, or was read for it: such a file can't be written, too.
std::vector<FileRole> files_read(const Options& options);

// Fails if an output is another file of the run, too. Of commands that write nothing else.
Result<void> check_outputs(const Options& options);

// Is no worker named? Then one inside the master computes.
bool computes_inside(const Options& options);

}  // namespace mandel
