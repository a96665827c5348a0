// Places where a proof has to hold and a rule of thumb breaks: boundary points at any depth, dwell
// contours far below the structure that they cross, the needle near -2, the real axis, minibrots,
// and plain nowhere. The oracle finds them, so they are exact decimals of any length.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "kernels/deep/view.h"

namespace mandel {

struct DeepCase {
  std::string kind;
  DeepView view;
  std::uint32_t max_iter = 0;
};

// `depth_max`: decimals of the smallest pixel, at least 3.
DeepCase random_deep_case(std::mt19937_64& random, long depth_max);

}  // namespace mandel
