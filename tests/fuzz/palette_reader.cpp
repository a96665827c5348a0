// Another program's palette, as anybody may have written it. What is taken must survive the text
// that pictures and journals keep of it.
#include <cstdint>
#include <string_view>

#include "master/colours/colour_map.h"
#include "master/colours/palette_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mandel;
  const auto stops = read_palette({reinterpret_cast<const char*>(data), size});
  if (!stops) return 0;
  MANDEL_ASSERT(!stops->empty() && stops->size() <= kStopsMax);
  const Rendering rendering{.map = text_of(*stops) + ":period=9"};
  MANDEL_ASSERT(read_palette(text_of(*stops)) == *stops);
  MANDEL_ASSERT(Rendering::parse(rendering.text()) == rendering);
  const auto map = ColourMap::make(rendering);
  MANDEL_ASSERT(map && (*map)(9) == stops->front());
  return 0;
}
