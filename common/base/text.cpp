// See text.h.
#include "common/base/text.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace mandel {

std::string printable(const std::string& text) {
  constexpr std::size_t kLengthMax = 500;
  std::string clean = text.substr(0, kLengthMax);
  std::ranges::replace_if(clean, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return clean;
}

std::string shell_word(const std::string& text) {
  constexpr std::string_view kPlain = "%+,-./:=@_";
  const bool is_plain = !text.empty() && std::ranges::all_of(text, [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || kPlain.find(c) != kPlain.npos;
  });
  if (is_plain) return text;
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

}  // namespace mandel
