// How much work one launch gets. A launch can't be interrupted: too long, and a cancelled job goes
// on, a desktop freezes, a display's watchdog kills the process; too short, and the device idles
// between launches. Speeds differ a hundredfold between cards, so the size follows the clock.
#pragma once

#include <algorithm>
#include <cstdint>

namespace mandel::gpu {

// One band's pace. The next band starts small again: the last launches of a band, with few orbits
// left, run up to thirty times as fast as the first ones of the next.
class Pace {
 public:
  // Two launches may be queued at a time, so a stop is answered within twice this.
  static constexpr double kTargetSeconds = 0.02;

  explicit Pace(std::uint32_t first) : budget_(first) {}

  std::uint32_t budget() const { return budget_; }

  // A launch with this budget took so long.
  void measured(double seconds) {
    const double factor = std::clamp(kTargetSeconds / std::max(seconds, 1e-6), 0.1, 4.0);
    budget_ = static_cast<std::uint32_t>(std::clamp(budget_ * factor, 1.0, double{kBudgetMax}));
  }

 private:
  static constexpr std::uint32_t kBudgetMax = 1u << 20;
  std::uint32_t budget_;
};

}  // namespace mandel::gpu
