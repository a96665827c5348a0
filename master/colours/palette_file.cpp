// See palette_file.h.
#include "master/colours/palette_file.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "common/base/decimal.h"
#include "common/base/small_file.h"
#include "common/base/text.h"
#include "master/colours/palette.h"

namespace mandel {
namespace {

constexpr std::string_view kPaletteBlanks = " \t\r\f\v";
constexpr std::string_view kGimp = "GIMP Palette";
// What GIMP and Aseprite write between that and the colours.
constexpr std::array<std::string_view, 3> kGimpKeys = {"Name:", "Columns:", "Channels:"};

std::string_view stripped(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kPaletteBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kPaletteBlanks) + 1);
}

// Takes what comes before the first of these, and that one.
std::string_view take_until_any(std::string_view& text, std::string_view ends) {
  const std::string_view taken = text.substr(0, text.find_first_of(ends));
  text.remove_prefix(std::min(taken.size() + 1, text.size()));
  return taken;
}

std::string_view take_number_word(std::string_view& text) {
  text = stripped(text);
  return take_until_any(text, kPaletteBlanks);
}

using Stops = std::vector<Rgb>;

// "0 127 255 a name"
Result<void> read_numbers(std::string_view line, Stops& stops) {
  std::array<std::uint8_t, 3> levels{};
  std::string_view rest = line;
  for (std::uint8_t& level : levels) {
    const auto number = decimal<std::uint8_t>(take_number_word(rest));
    if (!number)
      return fail(fmt::format("'{}': give three numbers from 0 to 255, red, green and blue",
                              printable(line.substr(0, 40))));
    level = *number;
  }
  stops.push_back({levels[0], levels[1], levels[2]});
  return {};
}

// "#000764,#206bcb"; a comma may end a line.
Result<void> read_list(std::string_view line, Stops& stops) {
  while (!line.empty()) {
    const auto stop = read_rgb(stripped(take_until_any(line, ",")));
    if (!stop) return tl::unexpected(stop.error());
    stops.push_back(*stop);
    line = stripped(line);
  }
  return {};
}

// As GIMP has them, after the line with its name.
Result<void> read_gimp(std::string_view line, Stops& stops) {
  const bool is_key =
      std::ranges::any_of(kGimpKeys, [&](std::string_view key) { return line.starts_with(key); });
  if (line.starts_with('#') || (is_key && stops.empty())) return {};
  return read_numbers(line, stops);
}

using ReadLine = Result<void> (*)(std::string_view line, Stops& stops);

// For a file whose first line with anything in it is this; null: it is no palette.
ReadLine reader_of(std::string_view line) {
  if (line == kGimp) return read_gimp;
  const std::string_view first = stripped(line.substr(0, line.find(',')));
  if (first.starts_with('#') || read_rgb(first)) return read_list;
  return '0' <= line[0] && line[0] <= '9' ? read_numbers : nullptr;
}

}  // namespace

Result<std::vector<Rgb>> read_palette(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // UTF-8's mark
  Stops stops;
  ReadLine read = nullptr;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto complain = [&](const std::string& what) {
      return fail(fmt::format("line {}: {}", number, what));
    };
    const std::string_view line = stripped(take_until_any(text, "\n"));
    if (line.empty()) continue;
    if (read == nullptr) {
      read = reader_of(line);
      if (read == nullptr)
        return fail("is no palette: give GIMP's (.gpl), Fractint's (.map), or a list of #rrggbb");
      if (read == read_gimp) continue;
    }
    if (auto taken = read(line, stops); !taken) return complain(taken.error().what);
    if (stops.size() > kStopsMax)
      return complain(fmt::format("a palette has at most {} colours", kStopsMax));
  }
  if (stops.empty()) return fail("has no colours");
  return stops;
}

Result<std::vector<Rgb>> read_palette_file(const std::string& path) {
  const auto text = read_named_file(path);
  if (!text) return tl::unexpected(text.error());
  auto stops = read_palette(*text);
  return stops ? stops : fail(fmt::format("{}: {}", path, stops.error().what));
}

}  // namespace mandel
