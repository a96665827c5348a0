// How much work one launch gets. A launch can't be interrupted: too long, and a cancelled job goes
// on, a desktop freezes, a display's watchdog kills the process; too short, and the device idles
// between launches. Speeds differ a hundredfold between cards, so the size follows the clock.
#pragma once

#include <algorithm>
#include <cstdint>

namespace mandel::cuda {

class Pace {
 public:
  // Two launches may be queued at a time, so a stop is answered within twice this.
  static constexpr double kTargetSeconds = 0.02;

  explicit Pace(std::uint32_t first) : budget_(first) {}

  std::uint32_t budget() const { return budget_; }

  // A launch that used the whole budget took so long. Growth is bounded, as a launch that ran out
  // of work early says little of a full one.
  void measured(double seconds) {
    const double factor = std::clamp(kTargetSeconds / std::max(seconds, 1e-6), 0.1, 2.0);
    budget_ = static_cast<std::uint32_t>(std::clamp(budget_ * factor, 1.0, double{kBudgetMax}));
  }

 private:
  static constexpr std::uint32_t kBudgetMax = 1u << 20;
  std::uint32_t budget_;
};

}  // namespace mandel::cuda
