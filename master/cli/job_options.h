// What to compute: the options that say all of a job, which every command has that begins one.
#pragma once

#include <cstdint>
#include <optional>

#include "common/base/error.h"
#include "master/cli/options.h"
#include "master/cli/view_text.h"

namespace CLI {
class App;
}  // namespace CLI

namespace mandel {

// What takes several options together to become a job.
struct JobText {
  std::optional<std::uint32_t> tutorial_size;
  ViewText view;
  std::optional<std::uint32_t> max_iter;
};

void add_job_options(CLI::App& app, Options& options, JobText& text);

// Where counts are that somebody has computed; nothing if none of the options for it is given.
void add_place_options(CLI::App& app, Options& options, JobText& text);
Result<std::optional<Grid>> read_place(const Options& options, JobText text);

// Makes that the job. Of true-count, pictures are coloured by rank if nothing else is said, so the
// rendering has its map before.
Result<void> read_job(Options& options, JobText& text);

}  // namespace mandel
