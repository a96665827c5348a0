// Limits a log line that strangers can cause as often as they like: it is written once in a while,
// with the number of times that it was left out. Pure: it is told the time.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "common/base/clock.h"

namespace mandel {

class RateLimit {
 public:
  explicit RateLimit(Nanoseconds period) : period_(period) {}

  // Call each time. A value allows the line; it counts those left out since the last one.
  std::optional<std::uint64_t> pass(Nanoseconds now) {
    if (now < next_) {
      ++unsaid_;
      return std::nullopt;
    }
    next_ = now + period_;
    return std::exchange(unsaid_, 0);
  }

 private:
  const Nanoseconds period_;
  Nanoseconds next_ = 0;
  std::uint64_t unsaid_ = 0;
};

}  // namespace mandel
