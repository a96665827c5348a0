// The texts of the options that name a view, as they were typed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "master/places/location.h"

namespace mandel {

// Which counts: exact-f64 or true-count. By the view: the first, where its doubles tell all pixels
// apart, else the second.
enum class CountsWanted { kByView, kF64, kTrue };

// The text of an option that is not given is empty.
struct ViewText {
  std::string size = {};
  std::string center = {};
  std::string span = {};
  std::string view = {};
  CountsWanted counts = CountsWanted::kByView;
  std::uint32_t supersample = 1;          // counts a pixel, squared
  std::optional<Location> location = {};  // of a file; instead of all but the size

  bool is_given() const { return location || !(size + center + span + view).empty(); }
};

// An option's text for an error: it may be very long.
inline std::string shown(const std::string& text) {
  constexpr std::size_t kShown = 60;
  return text.size() <= kShown ? text : text.substr(0, kShown) + "...";
}

}  // namespace mandel
