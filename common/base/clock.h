// Time as both daemons use it: the steady clock, in integers. Decisions get `now` as an argument,
// so that tests and the simulator can say what time it is; only the loops read the clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>

namespace mandel {

using Nanoseconds = std::int64_t;  // since the steady clock's epoch, or a duration

inline constexpr Nanoseconds kMillisecond = 1'000'000;
inline constexpr Nanoseconds kSecond = 1'000'000'000;

inline Nanoseconds steady_now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// Since 1970, for people: the only use of a clock that may be set.
inline std::int64_t unix_milliseconds() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// CPU time that all threads of this process have used.
inline Nanoseconds process_cpu_now() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return Nanoseconds{used.tv_sec} * kSecond + used.tv_nsec;
}

inline double seconds(Nanoseconds duration) { return static_cast<double>(duration) * 1e-9; }

}  // namespace mandel
