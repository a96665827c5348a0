// The command lines of `mandel-master split`, `map` and `reduce`.
#pragma once

#include <array>
#include <string>
#include <utility>

#include "master/cli/job_options.h"
#include "master/cli/options.h"

namespace CLI {
class App;
}  // namespace CLI

namespace mandel {

// Adds the three.
using LinesCommands = std::array<std::pair<CLI::App*, LinesStep>, 3>;
LinesCommands add_lines(CLI::App& app, Options& options, JobText& job, std::string& colours);

}  // namespace mandel
