// How long to wait before the next try to connect: twice as long each time, until a try succeeds.
// Masters dial, and so do workers that join: with one rule both come back quickly, and both keep
// quiet while nobody is there.
#pragma once

#include <algorithm>
#include <utility>

#include "common/base/clock.h"

namespace mandel {

class Backoff {
 public:
  Nanoseconds next_pause() { return std::exchange(pause_, std::min(2 * pause_, kMax)); }
  void reset() { pause_ = kMin; }

 private:
  static constexpr Nanoseconds kMin = 50 * kMillisecond;
  static constexpr Nanoseconds kMax = 2 * kSecond;
  Nanoseconds pause_ = kMin;
};

}  // namespace mandel
