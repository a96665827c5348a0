// A sweep for a spreadsheet: one line a run.
#pragma once

#include <string>

#include "master/sweep/figures.h"

namespace mandel {

// RFC 4180, with a line of names that end with their units. The last of the columns repeat the
// run's derived figures (derived.h), so that no formula has to be written again.
std::string sweep_csv(const Sweep& sweep);

}  // namespace mandel
