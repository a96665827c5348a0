// The options that mean the same to several commands of mandel-master, and say neither what to
// compute nor which pictures to write.
#pragma once

#include <vector>

#include "master/cli/options.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace mandel {

// --json.
void add_json_option(CLI::App& app, Options& options);
// --expect-sum.
void add_sum_option(CLI::App& app, Options& options);
// Of what computes inside this process, `whose` ("" or " of the worker inside") lanes these are.
std::vector<CLI::Option*> add_lane_options(CLI::App& app, LaneChoice& lanes, const char* whose);

}  // namespace mandel
