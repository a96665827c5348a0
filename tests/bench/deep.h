// What deep zoom costs a pixel, in one run: the ladder beside the oracle on the same pixels, with
// vectors and without, and how much each rung leaves to the next. CPU time, so that a busy machine
// measures it, too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/deep_loops.h"

namespace mandel {

struct DeepOptions {
  std::vector<std::string> places;   // empty: all
  std::uint32_t side = 64;           // of the picture, in pixels
  std::uint32_t oracle_pixels = 16;  // that the oracle computes, evenly spread
  unsigned repeats = 3;              // the best time counts
  bool has_loops = false;            // measure the parts, too
};

struct DeepFigures {
  std::string place;
  double preparation_s = 0;
  double ladder_us = 0;      // a pixel, without preparation
  double one_by_one_us = 0;  // without vectors
  double oracle_us = 0;
  double left_by_doubles = 0;  // shares of the pixels
  double left_by_pairs = 0;
  bool is_right = true;  // the oracle's pixels have the same counts
  std::optional<DeepLoops> loops;
};

std::vector<std::string> deep_places();

std::vector<DeepFigures> measure_deep(const DeepOptions& options);

std::string deep_table(const std::vector<DeepFigures>& figures, const DeepOptions& options);

}  // namespace mandel
