// Counts are compressed without losing a bit, and a peer's bytes can't harm the decoder.
#include "common/wire/codec.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

#include "common/wire/job.h"
#include "kernels/registry.h"

namespace mandel {
namespace {

using Counts = std::vector<std::uint32_t>;

Counts tutorial_picture() {
  const Axes axes = axes_of(Job{});
  Counts counts(axes.xs.size() * axes.ys.size());
  find_backend("scalar")->make()->run(axes.xs, axes.ys, 1000, counts, {});
  return counts;
}

void expect_round_trip(const Counts& counts) {
  const auto encoded = encode_counts(counts);
  ASSERT_TRUE(encoded.has_value());
  Counts back(counts.size(), 77);
  ASSERT_TRUE(decode_counts(*encoded, back).has_value());
  EXPECT_EQ(back, counts);
}

TEST(Codec, GivesBackEveryBitWhateverWidthTheCountsNeed) {
  for (const std::uint32_t greatest :
       {0u, 1u, 255u, 256u, 65535u, 65536u, 16777215u, 16777216u, 0x7ffffffeu, 0xffffffffu}) {
    Counts counts(1000, greatest / 2);
    counts[1] = greatest;
    expect_round_trip(counts);
  }
}

TEST(Codec, ShrinksThePictureToASixthOrLess) {
  const Counts counts = tutorial_picture();
  expect_round_trip(counts);
  EXPECT_LT(encode_counts(counts)->size(), 0.16 * 4 * static_cast<double>(counts.size()));
}

TEST(Codec, LeavesAloneWhatDoesNotShrink) {
  std::mt19937 random(1);
  Counts noise(1000);
  std::ranges::generate(noise, std::ref(random));
  EXPECT_FALSE(encode_counts(noise).has_value());
  EXPECT_FALSE(encode_counts({}).has_value());
  EXPECT_FALSE(encode_counts(Counts{0xffffffff}).has_value());
}

TEST(Codec, RefusesWhatDecodesToAnotherSize) {
  const auto encoded = encode_counts(Counts(1000, 5));
  Counts fewer(999);
  Counts more(1001);
  EXPECT_FALSE(decode_counts(*encoded, fewer).has_value());
  EXPECT_FALSE(decode_counts(*encoded, more).has_value());
}

TEST(Codec, SurvivesEveryTruncationAndEveryFlippedByte) {
  const Counts counts = tutorial_picture();
  const auto rows = std::span(counts).subspan(500 * 100, 500 * 4);
  const auto good = *encode_counts(rows);
  Counts back(rows.size());
  for (std::size_t length = 0; length < good.size(); ++length)
    EXPECT_FALSE(decode_counts(std::span(good).first(length), back).has_value()) << length;
  for (std::size_t at = 0; at < good.size(); ++at) {
    auto bad = good;
    bad[at] ^= std::byte{0x55};
    (void)decode_counts(bad, back);  // may succeed with other counts: the hash is there for that
  }
  EXPECT_FALSE(decode_counts({}, back).has_value());
}

}  // namespace
}  // namespace mandel
