// How far a worker's steady clock is ahead of ours, as the round trips tell it. A task can't arrive
// before it was sent, nor a result before it departed, so each round trip bounds the offset from
// both sides. That is enough to draw a lane's work on the master's time line. No clock is ever set,
// and no duration depends on it. (NTP does the same with one sample; we take the narrowest of all.)
//
// Source: F. Cristian, "Probabilistic clock synchronization", Distributed Computing 3 (1989).
#pragma once

#include <algorithm>
#include <optional>

#include "common/base/clock.h"

namespace mandel {

class ClockOffset {
 public:
  // A round trip: `sent` and `received` by our clock, `arrived` and `departed` by the worker's.
  void learn(Nanoseconds sent, Nanoseconds received, Nanoseconds arrived, Nanoseconds departed) {
    const Range seen = {sent - arrived, received - departed};
    const bool contradicts = known_ && (seen.least > known_->most || seen.most < known_->least);
    if (!known_ || contradicts)  // the newer one counts: the clocks have drifted apart
      known_ = seen;
    else
      known_ = {std::max(known_->least, seen.least), std::min(known_->most, seen.most)};
  }

  // A point on the worker's clock by ours: in the middle of what is possible. Only after learn().
  Nanoseconds at_master(Nanoseconds theirs) const {
    return theirs + known_->least + (known_->most - known_->least) / 2;
  }

 private:
  struct Range {
    Nanoseconds least;
    Nanoseconds most;
  };
  std::optional<Range> known_;
};

}  // namespace mandel
