// See text.h.
#include "common/base/text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <string_view>
#include <unistd.h>

namespace mandel {
namespace {

constexpr std::size_t kLengthMax = 500;

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};
// Control characters, and those that can't be seen but change how what is around them looks: marks
// of the writing direction, joiners, separators of lines, tags.
constexpr std::array kUnfit = {
    Range{0, 0x1f},        Range{0x7f, 0x9f},     Range{0xad, 0xad},     Range{0x61c, 0x61c},
    Range{0x180e, 0x180e}, Range{0x200b, 0x200f}, Range{0x2028, 0x202e}, Range{0x2060, 0x206f},
    Range{0xfeff, 0xfeff}, Range{0xfff9, 0xfffb}, Range{0xd800, 0xdfff}, Range{0xe0000, 0xe007f},
    Range{0x110000, ~0u}};

bool is_fit(std::uint32_t code) {
  return std::ranges::none_of(
      kUnfit, [code](const Range& range) { return range.first <= code && code <= range.last; });
}

// The length of the character of UTF-8 that `text` begins with, if it is fit to be shown; else 0.
std::size_t fit_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return is_fit(lead) ? 1 : 0;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  std::uint32_t code = lead & (0x7fu >> length);
  for (const char c : text.substr(1, length - 1)) {
    if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) return 0;
    code = code << 6 | (static_cast<unsigned char>(c) & 0x3f);
  }
  constexpr std::array<std::uint32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  return code >= kLeast[length] && is_fit(code) ? length : 0;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string clean;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = fit_length(text.substr(at));
    if (clean.size() + std::max<std::size_t>(length, 1) > kLengthMax) break;
    if (length == 0)
      clean += '?';
    else
      clean += text.substr(at, length);
    at += std::max<std::size_t>(length, 1);
  }
  return clean;
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? printable(name.data()) : "unnamed";
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
