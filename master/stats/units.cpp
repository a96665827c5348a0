// See units.h.
#include "master/stats/units.h"

#include <cmath>
#include <fmt/format.h>

namespace mandel {

TimeUnit time_unit(Nanoseconds duration) {
  if (duration >= kSecond) return {"s", 1e9};
  if (duration >= kMillisecond) return {"ms", 1e6};
  return {"µs", 1e3};
}

std::string digits_text(double value) {
  const double size = std::abs(value);
  return fmt::format("{:.{}f}", value, size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}

std::string time_text(Nanoseconds duration) {
  const TimeUnit unit = time_unit(duration);
  return fmt::format("{} {}", digits_text(static_cast<double>(duration) / unit.ns), unit.name);
}

std::string bytes_text(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes);
  const char* unit = "";
  for (const char* larger : {"kB", "MB", "GB", "TB"}) {
    if (value < 999.5) break;
    value /= 1000;
    unit = larger;
  }
  return fmt::format("{} {}", digits_text(value), unit);
}

std::string percent_text(double share) {
  const double percent = share * 100;
  return fmt::format("{:.{}f} %", percent, std::abs(percent) < 9.95 ? 1 : 0);
}

}  // namespace mandel
