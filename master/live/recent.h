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

// How fast a sum grows that grows by steps, as when a chunk comes back: over whole steps, so that a
// rate does not jump with each of them.
class RecentRate {
 public:
  // The sum at this point; points rise.
  void note(Nanoseconds at, double sum) {
    notes_.emplace_back(at, sum);
    if (notes_.size() > 2 && at - notes_[notes_.size() - 3].first < kApart)
      notes_.erase(notes_.end() - 2);
    while (notes_.size() > 2 && at - notes_[1].first >= kRecent) notes_.pop_front();
  }
  // A second, over the last 5 and the step that they begin in. Where the next step is due, less.
  double rate(Nanoseconds at) const {
    if (notes_.size() < 2) return 0;
    std::size_t steps = notes_.size() - 1;
    while (steps > 1 && at - notes_[notes_.size() - steps].first >= kRecent) --steps;
    const auto& from = notes_[notes_.size() - 1 - steps];
    const auto& to = notes_.back();
    const Nanoseconds due =
        (at - from.first) / static_cast<Nanoseconds>(steps + 1) * static_cast<Nanoseconds>(steps);
    return (to.second - from.second) / seconds(std::max({to.first - from.first, due, kApart}));
  }

 private:
  static constexpr Nanoseconds kApart = kSecond / 4;
  static constexpr Nanoseconds kRecent = 5 * kSecond;

  std::deque<std::pair<Nanoseconds, double>> notes_;
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
