// What chunks count to, in a world without pixels: honest workers agree, liars agree with nobody.
#pragma once

#include "common/base/fingerprint.h"
#include "master/chunks/ids.h"
#include "tests/sim/random.h"

namespace mandel::sim {

inline Fingerprint honest_counts(ChunkId chunk) {
  Random random(chunk);
  return {random.next() >> 32, random.next(), random.next()};
}

inline Fingerprint false_counts(ChunkId chunk, WorkerId worker) {
  Random random(std::uint64_t{worker + 1} << 32 | chunk);
  return {random.next() >> 32, random.next(), random.next()};
}

}  // namespace mandel::sim
