// See text.h.
#include "common/base/text.h"

#include <algorithm>

namespace mandel {

std::string printable(const std::string& text) {
  constexpr std::size_t kLengthMax = 500;
  std::string clean = text.substr(0, kLengthMax);
  std::ranges::replace_if(clean, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return clean;
}

}  // namespace mandel
