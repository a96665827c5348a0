// See rendering.h.
#include "master/colours/rendering.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

#include "common/base/decimal.h"
#include "common/base/text.h"

namespace mandel {
namespace {

constexpr std::string_view kInside = "inside=";
constexpr std::string_view kOutside = "outside=";
constexpr std::string_view kSupersample = "supersample=";
constexpr std::string_view kSmallest = "smallest";

std::string_view take_word(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(word.size() + 1, text.size()));
  return word;
}

// Takes a key off, if the word begins with it.
bool take_key(std::string_view& word, std::string_view key) {
  if (!word.starts_with(key)) return false;
  word.remove_prefix(key.size());
  return true;
}

Result<void> take_colour(std::string_view value, std::optional<Rgb>& target) {
  const auto colour = read_rgb(value);
  if (!colour) return tl::unexpected(colour.error());
  target = *colour;
  return {};
}

Result<void> take_supersample(std::string_view value, std::uint32_t& target) {
  const auto number = decimal<std::uint32_t>(value);
  if (!number || *number < 2 || *number > kSupersampleMax)
    return fail(fmt::format("{}{}: give a whole number from 2 to {}", kSupersample,
                            printable(value), kSupersampleMax));
  target = *number;
  return {};
}

Result<void> take(std::string_view word, Rendering& rendering) {
  std::string_view value = word;
  if (take_key(value, kInside)) return take_colour(value, rendering.inside);
  if (take_key(value, kOutside)) return take_colour(value, rendering.outside);
  if (take_key(value, kSupersample)) return take_supersample(value, rendering.supersample);
  if (word == kSmallest) {
    rendering.is_smallest = true;
    return {};
  }
  return fail(fmt::format("colours have nothing called '{}'", printable(word)));
}

}  // namespace

Result<Rgb> read_rgb(std::string_view text) {
  constexpr std::size_t kDigits = 6;
  std::string_view digits = text;
  if (digits.starts_with('#')) digits.remove_prefix(1);
  std::uint32_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), end, value, 16);
  if (digits.size() != kDigits || error != std::errc{} || at != end)
    return fail(fmt::format("'{}' is no colour: give six digits of base 16, #rrggbb",
                            printable(text.substr(0, 40))));
  return Rgb{static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 8),
             static_cast<std::uint8_t>(value)};
}

std::string text_of(Rgb colour) {
  return fmt::format("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue);
}

std::string Rendering::text() const {
  std::string text = map;
  if (inside) text += fmt::format(" {}{}", kInside, text_of(*inside));
  if (outside) text += fmt::format(" {}{}", kOutside, text_of(*outside));
  if (supersample != 1) text += fmt::format(" {}{}", kSupersample, supersample);
  if (is_smallest) text += fmt::format(" {}", kSmallest);
  return text;
}

Result<Rendering> Rendering::parse(std::string_view text) {
  std::string_view rest = text;
  Rendering rendering;
  rendering.map = take_word(rest);
  while (!rest.empty())
    if (auto taken = take(take_word(rest), rendering); !taken) return tl::unexpected(taken.error());
  // A text that comes out otherwise (a key twice, two spaces) is none of ours.
  if (rendering.text() == text) return rendering;
  return fail(fmt::format("'{}' is no text of colours", printable(text)));
}

}  // namespace mandel
