// What a PNG with a recipe begins with, and its text: who writes it and who reads it have this in
// common, and no more.
#pragma once

#include <string>
#include <string_view>

namespace mandel {

inline constexpr std::string_view kPngSignature = "\x89PNG\r\n\x1a\n";

// What stands before the text of a chunk iTXt: the keyword, and that the text is not compressed, of
// no language, and has no other keyword.
inline std::string png_text_head(std::string_view keyword) {
  return std::string(keyword).append(5, '\0');
}

}  // namespace mandel
