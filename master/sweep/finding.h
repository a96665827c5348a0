// Where the minimum of a sweep is, and why: the sentence that the table ends with and the plots
// begin with.
#pragma once

#include <optional>
#include <string>

#include "master/stats/time_parts.h"
#include "master/sweep/figures.h"

namespace mandel {

// Why a sweep's end takes longer than its best point: the part that grew most.
struct Slope {
  const SweepPoint* end = nullptr;
  const TimePart* part = nullptr;
  double growth = 0;      // of the wall time, over the best: 0.5 is half as long again
  double part_share = 0;  // of that growth; above 1 where other parts shrank
};

struct Finding {
  const SweepPoint* best = nullptr;
  std::optional<Slope> fewer;  // nothing if no fewer chunks were tried
  std::optional<Slope> more;
  // The first and last chunk counts around the best whose median lies within the range of the
  // best one's repeats.
  std::uint32_t flat_from = 0;
  std::uint32_t flat_to = 0;
};

// Points into `sweep`.
Finding find_minimum(const Sweep& sweep);

// "64 chunks are fastest: 12.1 ms"
std::string headline(const Finding& finding);

// What is behind it: "3.54 times as fast as one lane; 1 chunk takes 261 % longer, mostly because
// ..."
std::string explanation(const Sweep& sweep, const Finding& finding);

// Both in one sentence.
std::string sentence(const Sweep& sweep, const Finding& finding);

// "1 chunk", "64 chunks"
std::string chunks_text(std::uint32_t chunks);

}  // namespace mandel
