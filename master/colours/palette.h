// A closed ring of colours: stops at equal distances, blended. A place on it is given in turns, so
// that who maps counts needs to know neither how many stops there are, nor where the ring begins.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"
#include "master/colours/rendering.h"

namespace mandel {

// A picture keeps its stops as text, and a record of the journal holds 64 KiB.
inline constexpr std::size_t kStopsMax = 1024;

class Palette {
 public:
  // One of names(), or stops: "#000764,#206bcb". Nothing if it is neither; an error if it is stops,
  // and faulty.
  static Result<std::optional<Palette>> named(std::string_view text);
  static std::string names();

  Rgb at(double turns) const;
  // Of points that start beyond 2.
  Rgb outside() const { return outside_; }
  // All that at() can give, if these are at most `most`. More may be among them.
  std::optional<std::vector<Rgb>> all_colours(std::size_t most) const;

 private:
  Palette(std::vector<Rgb> stops, Rgb outside) : stops_(std::move(stops)), outside_(outside) {}

  std::vector<Rgb> stops_;  // none: a wave of greys
  Rgb outside_;
};

// What named() takes.
std::string text_of(const std::vector<Rgb>& stops);

}  // namespace mandel
