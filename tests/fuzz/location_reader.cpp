// Another program's location file, as anybody may have written it. What is taken must survive being
// written and read again.
#include <cstdint>
#include <string_view>

#include "master/places/read_location.h"
#include "master/places/write_location.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mandel;
  auto location = read_location({reinterpret_cast<const char*>(data), size});
  if (!location) return 0;
  MANDEL_ASSERT(!location->zoom.is_zero() && !location->zoom.is_negative);
  location->max_iter = location->max_iter.value_or(1000);
  for (const auto format : {LocationFormat::kKfr, LocationFormat::kFraktaler}) {
    const auto again = read_location(location_text(format, *location));
    MANDEL_ASSERT(again && *again == *location);
  }
  return 0;
}
