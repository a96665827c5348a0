// Counts to colours. The set itself is black in every map. Only the sink of a PNG colours:
// what travels, is verified and is kept are counts, which can't be told from their colours.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"

namespace mandel {

struct Rgb {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
  bool operator==(const Rgb&) const = default;
};

class ColourMap {
 public:
  // `name` is one of names(). Maps but the tutorial's are cyclic over the logarithm of the count,
  // so that neither a shallow nor a deep view is all of one colour.
  static Result<ColourMap> make(std::string_view name);
  static std::string names();  // for --help and errors

  // The colour of points that start beyond 2 from the origin. (They count 0, like the set.)
  Rgb outside() const { return outside_; }

  Rgb operator()(std::uint32_t count) const {
    return count < table_.size() ? table_[count] : compute_(count);
  }

 private:
  using Compute = Rgb (*)(std::uint32_t count);
  ColourMap(Compute compute, Rgb outside);

  Compute compute_;
  Rgb outside_;
  std::vector<Rgb> table_;  // of the counts that are common
};

}  // namespace mandel
