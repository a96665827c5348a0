// Whether a machine gets chunks now. One that dies again and again without a result takes chunks
// from the others each time, so it rests: for longer after each fall, until it delivers. Apart from
// the plan, since only time and falls count here, and no chunk.
//
// A fall is the death of its process, or a lease after which it knew nothing of what it was sent.
// A machine may be many processes, one after the other; where they can't be told from several at
// once (--join), the newest rests, and those before it work on.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "common/base/clock.h"

namespace mandel {

class Rests {
 public:
  // From the second fall in a row on; the first may be an accident.
  static constexpr std::uint32_t kFallsAllowed = 1;
  static constexpr Nanoseconds kFirst = kSecond;
  static constexpr Nanoseconds kMax = 32 * kSecond;

  // Is it the process that was taken for dead? Then it was the connection that broke.
  void joined(std::uint64_t incarnation, Nanoseconds now) {
    if (incarnation == died_) forgiven();
    if (silent_ != 0 && incarnation != silent_) fell(now);
    died_ = silent_ = 0;
    newest_ = incarnation;
  }
  void died(std::uint64_t incarnation, Nanoseconds now) {
    fell(now);
    died_ = incarnation;
  }
  // One of its falls was none, or none of its own.
  void forgiven() {
    if (falls_ > 0 && --falls_ <= kFallsAllowed) until_ = 0;
  }
  // Whether that was a death is known when the next one joins.
  void went_silent(std::uint64_t incarnation) { silent_ = incarnation; }
  void fell(Nanoseconds now) {
    ++falls_;
    if (falls_ <= kFallsAllowed) return;
    const std::uint32_t doublings = std::min(falls_ - kFallsAllowed - 1, 16u);
    until_ = now + std::min(kFirst << doublings, kMax);
  }
  void delivered(std::uint64_t incarnation) {
    has_delivered_ = true;
    if (incarnation != newest_) return;
    falls_ = 0;
    until_ = 0;
  }
  void shift(Nanoseconds pause) {
    if (until_ != 0) until_ += pause;
  }

  std::uint32_t falls() const { return falls_; }
  // Is it expected to be of use when it comes back?
  bool is_expected() const { return falls_ <= kFallsAllowed; }
  // Is the death of now, which may have been a silent one, the first in a row?
  bool was_first() const { return falls_ + (silent_ != 0 ? 1 : 0) <= kFallsAllowed; }
  bool has_delivered() const { return has_delivered_; }  // ever
  // True once, with the first rest.
  bool take_news() { return !is_expected() && !std::exchange(was_told_, true); }
  bool is_resting(std::uint64_t incarnation, Nanoseconds now) const {
    return incarnation == newest_ && now < until_;
  }
  // After its rest it gets one chunk, and more once it has delivered.
  bool is_on_trial(std::uint64_t incarnation) const {
    return incarnation == newest_ && !is_expected();
  }
  // For Plan::check(): what is wrong, as the rest of a sentence; empty: nothing.
  std::string wrong(Nanoseconds now) const {
    if (until_ != 0 && is_expected()) return "rests, and has not fallen again";
    if (until_ > now + kMax) return "rests too long";
    return {};
  }

 private:
  std::uint32_t falls_ = 0;  // in a row
  Nanoseconds until_ = 0;
  std::uint64_t newest_ = 0;  // process
  std::uint64_t died_ = 0;    // the process whose death was counted last
  std::uint64_t silent_ = 0;
  bool was_told_ = false;
  bool has_delivered_ = false;
};

}  // namespace mandel
