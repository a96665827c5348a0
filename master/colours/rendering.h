// How counts become a picture, as plain values and as one line of text. That line stands in the
// journal and in pictures, so that both say all that it takes to get the same pixels again. It
// holds a palette's colours, not the name of the file that they came from: a file may change.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/error.h"

namespace mandel {

struct Rgb {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
  auto operator<=>(const Rgb&) const = default;
};

// Of "#rrggbb", or "rrggbb": a shell may take # for the beginning of a comment.
Result<Rgb> read_rgb(std::string_view text);
std::string text_of(Rgb colour);  // "#rrggbb"

inline constexpr std::uint32_t kSupersampleMax = 8;

struct Rendering {
  std::string map = "ultra";        // ColourMap::make() takes it
  std::optional<Rgb> inside = {};   // of points of the set; nothing: the map's
  std::optional<Rgb> outside = {};  // of points that start beyond 2; nothing: the map's
  std::uint32_t supersample = 1;    // a pixel is the average of so many squared; no map's business

  bool is_smallest = false;  // the same pixels, in as small a file as can be

  // Are pixels of such a picture made of whole counts? The sides are of counts.
  bool fits(std::uint32_t columns, std::uint32_t rows) const {
    return columns % supersample == 0 && rows % supersample == 0;
  }

  // "ultra:rank inside=#000000 supersample=3": what differs from the default, in this order.
  std::string text() const;
  // Of what text() gives. The map stays unread.
  static Result<Rendering> parse(std::string_view text);

  bool operator==(const Rendering&) const = default;
};

}  // namespace mandel
