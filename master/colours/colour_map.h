// Counts to colours. What travels, is verified and is kept are counts, which can't be told from
// their colours: only who shows them colours, at the very end.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/error.h"
#include "master/colours/count_ranks.h"
#include "master/colours/palette.h"
#include "master/colours/rendering.h"

namespace mandel {

// Counts for which a map goes once round its palette.
inline constexpr std::uint32_t kPeriodMin = 2;
inline constexpr std::uint32_t kPeriodMax = 1'000'000;
inline constexpr std::uint32_t kPeriodUsual = 64;

class ColourMap {
 public:
  // `rendering.map` is a palette, and how counts become places on its ring:
  //   PALETTE:log       by their logarithm, so that no shallow view is all of one colour
  //   PALETTE:rank      by how common they are in the picture (count_ranks.h)
  //   PALETTE:period=N  once round every N counts, so that every view has all colours
  // PALETTE alone means by the logarithm. "tutorial" is no palette: it maps in its own way only.
  static Result<ColourMap> make(const Rendering& rendering);
  static std::string names();  // for --help and errors
  // With ":rank" at its end, if it says nothing of its kind, and can have it.
  static std::string by_rank_unless_said(std::string map);

  // Do neighbours of much the same count get much the same colour?
  bool is_by_logarithm() const { return palette_ && placing_.way == Way::kLogarithm; }
  bool is_by_rank() const { return placing_.way == Way::kRank; }
  // Only by rank, and then before the first colour.
  void learn(CountRanks ranks) { ranks_ = std::make_shared<const CountRanks>(std::move(ranks)); }

  // Of a pixel. Points of the set have the count 0, and so have points that start beyond 2: the
  // coordinates tell them apart.
  Rgb at(std::uint32_t count, double x, double y) const {
    return count == 0 && x * x + y * y > 4 ? outside_ : (*this)(count);
  }
  Rgb operator()(std::uint32_t count) const {
    return count < table_.size() ? table_[count].colour : compute(count);
  }

  // The same of many.
  void operator()(std::span<const std::uint32_t> counts, std::span<Rgb> colours) const;

  // All that pixels with counts below `max_iter` can get, sorted, if it is certain beforehand that
  // these are at most 256. Some of them may not occur.
  std::optional<std::vector<Rgb>> all_colours(std::uint32_t max_iter) const;

 private:
  enum class Way { kLogarithm, kRank, kPeriod };
  struct Placing {
    Way way = Way::kLogarithm;
    std::uint32_t period = kPeriodUsual;
  };
  // Four bytes, which a CPU moves at once.
  struct Padded {
    Rgb colour;
    std::uint8_t unused = 0;
  };
  static std::optional<Placing> read_placing(std::string_view text);

  ColourMap(std::optional<Palette> palette, Placing placing, const Rendering& rendering);
  double turns(std::uint32_t count) const;
  Rgb compute(std::uint32_t count) const;

  std::optional<Palette> palette_;  // none: the tutorial's map
  Placing placing_;
  Rgb inside_;
  Rgb outside_;
  std::vector<Padded> table_;  // of the counts that are common
  std::shared_ptr<const CountRanks> ranks_;
};

}  // namespace mandel
