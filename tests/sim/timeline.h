// Simulated time: what happens when, in order. Of what happens at once, the first that was asked
// for comes first, so that a run can be repeated exactly.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "common/base/clock.h"

namespace mandel::sim {

class Timeline {
 public:
  using Step = std::function<void()>;

  Nanoseconds now() const { return now_; }
  void at(Nanoseconds when, Step step) {
    heap_.push_back({std::max(when, now_), count_++, std::move(step)});
    std::ranges::push_heap(heap_, is_later);
  }
  void in(Nanoseconds delay, Step step) { at(now_ + delay, std::move(step)); }
  // The next step; false: nothing will ever happen again.
  bool advance() {
    if (heap_.empty()) return false;
    std::ranges::pop_heap(heap_, is_later);
    Entry entry = std::move(heap_.back());
    heap_.pop_back();
    now_ = entry.at;
    entry.step();
    return true;
  }

 private:
  struct Entry {
    Nanoseconds at;
    std::uint64_t number;
    Step step;
  };
  static bool is_later(const Entry& a, const Entry& b) {
    return a.at != b.at ? a.at > b.at : a.number > b.number;
  }

  Nanoseconds now_ = 0;
  std::uint64_t count_ = 0;
  std::vector<Entry> heap_;
};

}  // namespace mandel::sim
