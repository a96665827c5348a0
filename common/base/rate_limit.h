// Limits what strangers can cause as often as they like, such as a line in the log: some at once,
// then one in a while. Pure: it is told the time.
//
// Source: the generic cell rate algorithm (ITU-T I.371), which is a token bucket kept as one time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/clock.h"

namespace mandel {

class RateLimit {
 public:
  // `burst` at once, at least 1; then one in each period.
  RateLimit(std::int64_t burst, Nanoseconds period)
      : slack_((burst - 1) * period), period_(period) {}

  // Call each time. A value allows it; it counts those that were not allowed since the last one.
  std::optional<std::uint64_t> pass(Nanoseconds now) {
    if (spent_until_ - now > slack_) {
      ++refused_;
      return std::nullopt;
    }
    spent_until_ = std::max(spent_until_, now) + period_;
    return std::exchange(refused_, 0);
  }
  // Would it allow as many at once as a new one?
  bool is_rested(Nanoseconds now) const { return spent_until_ <= now; }

 private:
  Nanoseconds slack_;
  Nanoseconds period_;
  Nanoseconds spent_until_ = 0;
  std::uint64_t refused_ = 0;
};

// One for each source, so that a loud one silences nobody else. Of sources there may be too many:
// those beyond a bound share one.
class RateLimits {
 public:
  static constexpr std::size_t kSourcesMax = 4096;

  explicit RateLimits(RateLimit fresh) : fresh_(fresh), of_the_rest_(fresh) {}

  std::optional<std::uint64_t> pass(std::string_view source, Nanoseconds now) {
    return of(source, now).pass(now);
  }

 private:
  RateLimit& of(std::string_view source, Nanoseconds now) {
    if (const auto known = by_source_.find(source); known != by_source_.end()) return known->second;
    if (by_source_.size() >= kSourcesMax && now >= next_look_) {
      next_look_ = now + kSecond;
      std::erase_if(by_source_, [&](const auto& entry) { return entry.second.is_rested(now); });
    }
    if (by_source_.size() >= kSourcesMax) return of_the_rest_;
    return by_source_.emplace(source, fresh_).first->second;
  }

  const RateLimit fresh_;
  RateLimit of_the_rest_;
  std::map<std::string, RateLimit, std::less<>> by_source_;
  Nanoseconds next_look_ = 0;
};

}  // namespace mandel
