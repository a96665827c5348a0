// The `deep` backend's engine with its knobs, for tests and benchmarks that turn them: whatever
// they are, the counts are the same.
#pragma once

#include "kernels/deep/engine.h"

namespace mandel {

struct LadderKnobs {
  // Of the jumps, in doubles, in pairs and in triples: a smaller one decides more pixels, a larger
  // one makes longer jumps. At most 2^-11.
  double tolerance = 0x1p-44;
  double tolerance_pairs = 0x1p-84;
  double tolerance_triples = 0x1p-125;
  // So many pixels are the oracle's. If pairs leave more, triples are prepared for the rest: that
  // takes as long as two to five pixels of the oracle.
  std::uint64_t oracle_pixels = 3;
  // Nor for wider pixels, whose deltas are hardly ever so small that triples may jump.
  long triples_from_bits = 190;
  // Of the reference, and of the longer one for triples.
  std::size_t reference_bytes_max = std::size_t{1} << 30;
  // Steps of many pixels side by side.
  bool has_vectors = true;
  // Where the reference is, in pixels from the view's centre.
  long reference_right = 0;
  long reference_down = 0;
};

std::unique_ptr<DeepEngine> make_ladder(const DeepView& view, std::uint32_t max_iter,
                                        const LadderKnobs& knobs);

}  // namespace mandel
