// A sweep for programs: everything that was measured, down to each lane's part of each chunk.
#pragma once

#include <string>

#include "master/sweep/figures.h"
#include "master/sweep/fit_view.h"

namespace mandel {

// Keys end with their units. A run's chunks and spans are given by column, not by record: a tenth
// of the size, and what data frames are made of. `fit` may be null.
std::string sweep_json(const Sweep& sweep, const FitView* fit);

}  // namespace mandel
