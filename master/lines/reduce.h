// `mandel-master reduce`: results as lines become the sum, its verdict and pictures.
#pragma once

#include "master/cli/options.h"

namespace mandel {

// From standard input. Returns the exit code.
int run_reduce(const Options& options);

}  // namespace mandel
