// The command lines of `mandel-master split`, `map` and `reduce`.
#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "master/cli/job_options.h"
#include "master/cli/options.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace mandel {

// Adds the three.
using LinesCommands = std::array<std::pair<CLI::App*, LinesStep>, 3>;
LinesCommands add_lines(CLI::App& app, Options& options, JobText& job, std::string& colours);

// --json.
void add_json_option(CLI::App& app, Options& options);

// Of what computes inside this process, `whose` ("" or " of the worker inside") lanes these are.
std::vector<CLI::Option*> add_lane_options(CLI::App& app, LaneChoice& lanes, const char* whose);

}  // namespace mandel
