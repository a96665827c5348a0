// Time as both daemons use it: the steady clock, in integers. Decisions get `now` as an argument,
// so that tests and the simulator can say what time it is; only the loops read the clock.
#pragma once

#include <chrono>
#include <cstdint>

namespace mandel {

using Nanoseconds = std::int64_t;  // since the steady clock's epoch, or a duration

inline constexpr Nanoseconds kMillisecond = 1'000'000;
inline constexpr Nanoseconds kSecond = 1'000'000'000;

inline Nanoseconds steady_now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

inline double seconds(Nanoseconds duration) { return static_cast<double>(duration) * 1e-9; }

}  // namespace mandel
