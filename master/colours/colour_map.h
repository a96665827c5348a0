// Counts to colours. The set itself is black in every map. Only the sink of a PNG colours:
// what travels, is verified and is kept are counts, which can't be told from their colours.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/error.h"
#include "master/colours/count_ranks.h"

namespace mandel {

struct Rgb {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
  bool operator==(const Rgb&) const = default;
};

class ColourMap {
 public:
  // `text` is one of names(), and how counts become places on its ring of colours: NAME:log, by
  // their logarithm, so that no shallow view is all of one colour; or NAME:rank, by how common they
  // are in the picture (count_ranks.h). NAME alone means by the logarithm.
  static Result<ColourMap> make(std::string_view text);
  static std::string names();  // for --help and errors
  // With ":rank" at its end, if it says nothing of its kind, and can have it.
  static std::string by_rank_unless_said(std::string text);

  bool is_by_rank() const { return is_by_rank_; }
  // Only by rank, and then before the first colour.
  void learn(CountRanks ranks) { ranks_ = std::make_shared<const CountRanks>(std::move(ranks)); }

  // Of a pixel. Points of the set have the count 0, and so have points that start beyond 2: the
  // coordinates tell them apart.
  Rgb at(std::uint32_t count, double x, double y) const {
    return count == 0 && x * x + y * y > 4 ? outside_ : (*this)(count);
  }
  Rgb operator()(std::uint32_t count) const {
    if (is_by_rank_) return count == 0 ? Rgb{} : palette_(ranks_->turns(count));
    return count < table_.size() ? table_[count] : compute(count);
  }

 private:
  using Palette = Rgb (*)(double turns);
  ColourMap(Palette palette, Rgb outside, bool is_by_rank);
  Rgb compute(std::uint32_t count) const;

  Palette palette_;  // null: the tutorial's
  Rgb outside_;
  bool is_by_rank_;
  std::vector<Rgb> table_;  // of the counts that are common
  std::shared_ptr<const CountRanks> ranks_;
};

}  // namespace mandel
