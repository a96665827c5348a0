// When a view is so deep that neighbouring points are the same number. Counts are right for the
// points that are computed, but these are fewer than the picture has pixels, and nothing in it says
// so.
#pragma once

#include <string>

#include "kernels/grid.h"

namespace mandel {

// A warning that says how many different columns and rows there are; empty if all are.
std::string precision_remark(const Axes& axes);

}  // namespace mandel
