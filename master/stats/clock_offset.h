// How far a worker's steady clock is ahead of ours, as far as the round trips tell: a task can't
// arrive before it was sent, nor its result before it departed, so each narrows the offset from
// both sides. Enough to draw a lane's work on the master's time line; no clock is ever set, and no
// duration depends on it. (NTP does the same with one sample; we take the narrowest of all.)
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
    if (!known_ || contradicts)  // of what contradicts, the newer: the clocks have drifted apart
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
