// Quantities as people read them: three digits that count, and the unit that suits. With one fixed
// unit a chunk of 20 microseconds or a job of an hour would be unreadable, and {:.3g} alone writes
// 1234 as 1.23e+03.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/clock.h"

namespace mandel {

// A unit of time; `ns` of them are one.
struct TimeUnit {
  const char* name;
  double ns;
};

// The largest unit of which `duration` is at least one: "s", "ms" or, for all below, "µs".
TimeUnit time_unit(Nanoseconds duration);

std::string digits_text(double value);        // "1.23", "12.3", "123", "1234"
std::string time_text(Nanoseconds duration);  // "12.3 ms"
std::string bytes_text(std::uint64_t bytes);  // "1.00 MB", "999 B"
std::string percent_text(double share);       // "37 %", "4.2 %"; of 1

}  // namespace mandel
