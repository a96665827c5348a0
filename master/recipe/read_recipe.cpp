// A recipe in a file: the text of a PNG, chunk by chunk, a comment, or a small file that holds
// nothing else.
#include <array>
#include <fmt/format.h>
#include <fstream>
#include <isa-l/crc.h>
#include <optional>

#include "common/base/small_file.h"
#include "master/recipe/png_text.h"
#include "master/recipe/recipe.h"

namespace mandel {
namespace {

constexpr std::string_view kCommentBegin = "<!-- recipe ";
constexpr std::string_view kCommentEnd = " -->";
constexpr std::uint32_t kTextMax = 1 << 18;  // far more than any recipe needs

std::uint32_t big_endian(const char* bytes) {
  std::uint32_t number = 0;
  for (int k = 0; k < 4; ++k) number = number << 8 | static_cast<std::uint8_t>(bytes[k]);
  return number;
}

// A chunk's type and data, if they are what their checksum says.
std::optional<std::string> read_chunk(std::istream& file, const char* type, std::uint32_t length) {
  std::string bytes(type, 4);
  bytes.resize(4 + length);
  std::array<char, 4> sum{};
  if (!file.read(bytes.data() + 4, length) || !file.read(sum.data(), sum.size()))
    return std::nullopt;
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  if (crc32_gzip_refl(0, data, bytes.size()) != big_endian(sum.data())) return std::nullopt;
  return bytes.substr(4);
}

// From behind the signature on. Half a sentence if there is none.
Result<std::string> text_in_png(std::istream& file) {
  const std::string head = png_text_head(kRecipeKeyword);
  for (std::array<char, 8> begin{}; file.read(begin.data(), begin.size());) {
    const std::uint32_t length = big_endian(begin.data());
    const std::string_view type(begin.data() + 4, 4);
    if (type == "IEND") break;
    if (type == "iTXt" && length <= kTextMax) {
      const auto text = read_chunk(file, begin.data() + 4, length);
      if (!text) return fail("is damaged");
      if (text->starts_with(head)) return text->substr(head.size());
    } else {
      file.seekg(std::streamoff{length} + 4, std::ios::cur);
    }
  }
  return fail(
      "does not say how it was made: it is of another program, or one that changed it left that "
      "out");
}

// All of a text without such a comment.
std::string without_comment(const std::string& text) {
  const std::size_t begin = text.find(kCommentBegin);
  if (begin == text.npos) return text;
  const std::size_t from = begin + kCommentBegin.size();
  return text.substr(from, text.find(kCommentEnd, from) - from);
}

}  // namespace

// No dash: two of them would end it. In JSON they stand within strings only.
std::string comment_of(std::string text) {
  for (std::size_t at = 0; (at = text.find('-', at)) != text.npos;) text.replace(at, 1, "\\u002d");
  return std::string(kCommentBegin).append(text).append(kCommentEnd);
}

Result<Recipe> read_recipe(const std::string& path) {
  const auto about = [&](const Error& error) { return fail(path + " " + error.what); };
  std::ifstream file;
  if (!is_stream(path)) file.open(path, std::ios::binary);
  std::string begin(kPngSignature.size(), '\0');
  if (file.read(begin.data(), static_cast<std::streamsize>(begin.size())) &&
      begin == kPngSignature) {
    const auto text = text_in_png(file);
    if (!text) return about(text.error());
    auto recipe = parse_recipe(*text);
    return recipe ? recipe : about(recipe.error());
  }
  // Beside what can't say it itself.
  const std::string beside = path + kRecipeSuffix;
  const auto text = read_named_file(stamp_of(beside) ? beside : path);
  if (!text) return tl::unexpected(text.error());
  auto recipe = parse_recipe(without_comment(*text));
  return recipe ? recipe : about(recipe.error());
}

}  // namespace mandel
