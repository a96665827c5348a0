// Which colours counts get by their rank: where the pixels are, there the colours are.
#include "master/colours/count_ranks.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <numeric>

namespace mandel {
namespace {

CountRanks ranks_of(std::span<const std::uint32_t> counts, std::size_t piece) {
  CountRanks ranks(counts.size());
  for (; !counts.empty(); counts = counts.subspan(std::min(piece, counts.size())))
    ranks.add(counts.first(std::min(piece, counts.size())));
  ranks.sort();
  return ranks;
}

// Nearly all between 22,000 and 22,999, and a few far above.
std::vector<std::uint32_t> deep_counts() {
  std::vector<std::uint32_t> counts(1000);
  std::iota(counts.begin(), counts.end(), 22'000u);
  for (const std::uint32_t high : {60'000u, 120'000u, 240'000u, 0u}) counts.push_back(high);
  return counts;
}

TEST(CountRanks, SpreadColoursWhereThePixelsAre) {
  const auto ranks = ranks_of(deep_counts(), 1004);
  EXPECT_EQ(ranks.sample_size(), 1003u) << "the set has no rank";
  EXPECT_LT(ranks.turns(22'000), 0.01);
  EXPECT_NEAR(ranks.turns(22'450) - ranks.turns(22'150), 0.4, 0.1);
  double last = -1;
  for (std::uint32_t count = 21'000; count < 250'000; count += 10) {
    EXPECT_GE(ranks.turns(count), last);
    last = ranks.turns(count);
  }
}

TEST(CountRanks, GoOnWithTheLogarithmWhereFewPixelsAre) {
  const auto ranks = ranks_of(deep_counts(), 1004);
  EXPECT_NEAR(ranks.turns(240'000) - ranks.turns(120'000), 0.5, 0.1);
  EXPECT_NEAR(ranks.turns(120'000) - ranks.turns(60'000), 0.5, 0.2);
}

TEST(CountRanks, AreTheSameHoweverThePictureWasCut) {
  std::vector<std::uint32_t> counts(3u << 20);
  std::iota(counts.begin(), counts.end(), 1u);
  const auto whole = ranks_of(counts, counts.size());
  const auto cut = ranks_of(counts, 1001);
  for (const std::uint32_t count : {1u, 1000u, 77'777u, 3'000'000u})
    EXPECT_EQ(whole.turns(count), cut.turns(count));
}

TEST(CountRanks, OfALargePictureAreASampleOfBoundedSize) {
  std::vector<std::uint32_t> counts(1u << 20);
  CountRanks ranks(std::uint64_t{40} << 20);
  for (std::uint32_t row = 0; row < 40; ++row) {
    std::ranges::fill(counts, 1000 + row);
    ranks.add(counts);
  }
  ranks.sort();
  EXPECT_NEAR(static_cast<double>(ranks.sample_size()), 1 << 20, 1 << 14);
  for (std::uint32_t row = 0; row < 39; ++row)
    EXPECT_NEAR(ranks.turns(1001 + row) - ranks.turns(1000 + row), 0.8 / 40 + 0.5 / 40, 0.02);
}

TEST(CountRanks, OfNothingGiveNoTrouble) {
  const auto ranks = ranks_of(std::vector<std::uint32_t>(10), 10);
  EXPECT_EQ(ranks.turns(5), 0);
}

}  // namespace
}  // namespace mandel
