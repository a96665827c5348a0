// What happened within the last few seconds, from sums that only grow: rates that move with what
// one sees, and memory that does not. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <utility>

#include "common/base/clock.h"
#include "master/stats/time_parts.h"

namespace mandel {

// How fast a sum grows.
class RecentRate {
 public:
  // The sum at this point; points rise.
  void note(Nanoseconds at, double sum) {
    if (!notes_.empty() && at - notes_.back().first < kApart) {
      sum_ = sum;
      return;
    }
    notes_.emplace_back(at, sum_);  // what it was until now
    sum_ = sum;
    while (at - notes_.front().first > kLong) notes_.pop_front();
  }
  // A second, over the last 5; over the last 30, where it grows more rarely than that.
  double rate(Nanoseconds at) const {
    if (notes_.empty()) return 0;
    const auto recent =
        std::ranges::find_if(notes_, [&](const auto& note) { return at - note.first <= kShort; });
    const auto& from = notes_.end() - recent >= 2 ? *recent : notes_.front();
    const Nanoseconds over = std::max(at - from.first, kApart);
    return (sum_ - from.second) / seconds(over);
  }

 private:
  static constexpr Nanoseconds kApart = kSecond / 4;
  static constexpr Nanoseconds kShort = 5 * kSecond;
  static constexpr Nanoseconds kLong = 30 * kSecond;

  std::deque<std::pair<Nanoseconds, double>> notes_;
  double sum_ = 0;
};

// Seconds of lanes by what they went into, in the order of kTimeParts.
using PartSeconds = std::array<double, kTimeParts.size()>;

inline double sum_of(const PartSeconds& parts) {
  double sum = 0;
  for (const double part : parts) sum += part;
  return sum;
}

// The last 5 seconds of which anything is known.
class RecentParts {
 public:
  void add(std::size_t part, Nanoseconds from, Nanoseconds to) {
    const Nanoseconds oldest = std::max(from, to - kSeconds * kSecond);
    for (Nanoseconds at = oldest; at < to;) {
      const Nanoseconds second = at / kSecond;
      const Nanoseconds until = std::min(to, (second + 1) * kSecond);
      by_second_[second][part] += seconds(until - at);
      at = until;
    }
    while (!by_second_.empty() && by_second_.begin()->first + kSeconds < by_second_.rbegin()->first)
      by_second_.erase(by_second_.begin());
  }
  PartSeconds sum() const {
    PartSeconds sum{};
    for (const auto& [second, parts] : by_second_)
      for (std::size_t part = 0; part < sum.size(); ++part) sum[part] += parts[part];
    return sum;
  }

 private:
  static constexpr Nanoseconds kSeconds = 5;
  std::map<Nanoseconds, PartSeconds> by_second_;
};

}  // namespace mandel
