// `mandel-master colour`: counts that were kept become pictures, without computing. Colours are a
// matter of taste, and trying some must not cost a job each.
#pragma once

#include "master/cli/options.h"

namespace mandel {

// Of the counts in `options.recolour`. Returns the exit code.
int run_recolour(const Options& options);

}  // namespace mandel
