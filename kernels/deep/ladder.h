// The `deep` backend's engine with its knobs, for tests and benchmarks that turn them: whatever
// they are, the counts are the same.
#pragma once

#include "kernels/deep/engine.h"

namespace mandel {

struct LadderKnobs {
  // Of the jumps, in doubles and in pairs: a smaller one decides more pixels, a larger one makes
  // longer jumps. At most 2^-11.
  double tolerance = 0x1p-44;
  double tolerance_pairs = 0x1p-90;
  // Steps of many pixels side by side.
  bool has_vectors = true;
  // Where the reference is, in pixels from the view's centre.
  long reference_right = 0;
  long reference_down = 0;
};

std::unique_ptr<DeepEngine> make_ladder(const DeepView& view, std::uint32_t max_iter,
                                        const LadderKnobs& knobs);

}  // namespace mandel
