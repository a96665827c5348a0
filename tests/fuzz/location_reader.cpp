// Another program's location file, as anybody may have written it. What is taken must survive being
// written and read again.
#include <cstdint>
#include <string_view>

#include "master/places/read_location.h"
#include "master/places/write_location.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mandel;
  const auto location = read_location({reinterpret_cast<const char*>(data), size});
  if (!location) return 0;
  MANDEL_ASSERT(!location->zoom.is_zero() && !location->zoom.is_negative);
  const DeepView view = view_of(*location, 640, 480);
  if (!defect_of(view).empty()) return 0;
  const auto written = location_of(view, 1000);
  MANDEL_ASSERT(written);
  for (const auto format : {LocationFormat::kKfr, LocationFormat::kFraktaler}) {
    const auto again = read_location(location_text(format, *written));
    // (A zoom at the bound of decimals may be beyond it when it comes back.)
    if (again) MANDEL_ASSERT(view_of(*again, 640, 480) == view);
  }
  return 0;
}
