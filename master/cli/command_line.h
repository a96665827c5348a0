// The command line of mandel-master. CLI11 stays in the sources of this room, so that nobody else
// has to compile its slow headers.
#pragma once

#include <variant>

#include "master/cli/options.h"

namespace mandel {

// The options; or an exit code, if all is said already (--help, a wrong option).
std::variant<Options, int> parse_options(int argc, char** argv);

}  // namespace mandel
