// Which pictures are written, and in which colours: a job's options and those of every subcommand
// that writes some without computing.
#pragma once

#include <string>

#include "common/base/error.h"
#include "master/cli/options.h"

namespace CLI {
class App;
}  // namespace CLI

namespace mandel {

// `colours` gets the text of --colours, for read_map().
void add_picture_options(CLI::App& app, Options& options, std::string& colours);

// Makes that and --palette the rendering's map.
Result<void> read_map(Options& options, const std::string& colours);

}  // namespace mandel
