// Other machines compute these, too: the hashes must be the published ones, byte for byte.
#include "common/base/fingerprint.h"

#include <array>
#include <gtest/gtest.h>
#include <numeric>
#include <string_view>
#include <vector>
#include <xxhash.h>

#include "common/base/sha256.h"

namespace mandel {
namespace {

TEST(Fingerprint, OfNothingIsTheEmptyHash) {
  const Fingerprint print = fingerprint({});
  EXPECT_EQ(print.sum, 0u);
  EXPECT_EQ(print.hash_low, 0x6001c324468d497fu);  // XXH3-128 of no bytes, as published
  EXPECT_EQ(print.hash_high, 0x99aa06d3014798d8u);
}

TEST(Fingerprint, SumsBeyond32Bits) {
  const std::vector<std::uint32_t> counts(1000, 0x7fffffff);
  EXPECT_EQ(fingerprint(counts).sum, 1000ull * 0x7fffffff);
}

TEST(Fingerprint, TellsApartWhatHasTheSameSum) {
  const std::array<std::uint32_t, 4> a = {1, 2, 3, 4};
  const std::array<std::uint32_t, 4> b = {2, 1, 3, 4};
  EXPECT_EQ(fingerprint(a).sum, fingerprint(b).sum);
  EXPECT_NE(fingerprint(a), fingerprint(b));
}

// Whatever their number: in one piece or in blocks, and where a block ends.
TEST(Fingerprint, OfBlocksIsThatOfTheWhole) {
  std::vector<std::uint32_t> counts;
  XXH128_hash_t hash{};
  for (const std::size_t size : {1u, 4095u, 4096u, 4097u, 8192u, 20'001u}) {
    while (counts.size() < size)
      counts.push_back(static_cast<std::uint32_t>(counts.size() * 2'654'435'761u));
    hash = XXH3_128bits(counts.data(), counts.size() * sizeof counts[0]);
    const Fingerprint print = fingerprint(counts);
    EXPECT_EQ(print.sum, std::accumulate(counts.begin(), counts.end(), std::uint64_t{0})) << size;
    EXPECT_EQ(print.hash_low, hash.low64) << size;
    EXPECT_EQ(print.hash_high, hash.high64) << size;
  }
}

TEST(Fingerprint, InspectedSaysWhetherACountIsBeyondTheLimit) {
  for (const std::size_t at : {0u, 4095u, 4096u, 9999u}) {
    std::vector<std::uint32_t> counts(10'000, 6);
    EXPECT_TRUE(inspect(counts, 7).is_below);
    EXPECT_FALSE(inspect(counts, 6).is_below);
    EXPECT_EQ(inspect(counts, 7).print, fingerprint(counts));
    for (const std::uint32_t count : {7u, 0x7fffffffu, 0x80000000u, 0x80000006u, 0xffffffffu}) {
      counts[at] = count;
      EXPECT_FALSE(inspect(counts, 7).is_below) << count;
      EXPECT_EQ(inspect(counts, 1u << 31).is_below, count < 1u << 31) << count;
    }
  }
  EXPECT_TRUE(inspect(std::vector<std::uint32_t>(10, 0), 1).is_below);
  EXPECT_FALSE(inspect(std::vector<std::uint32_t>{0, 1}, 1).is_below);
}

TEST(Sha256, AgreesWithThePublishedDigestHoweverItIsFed) {
  // FIPS 180-2, example B.1.
  const std::string_view text = "abc";
  Sha256 whole;
  whole.update(std::as_bytes(std::span(text)));
  Sha256 parts;
  parts.update(std::as_bytes(std::span(text.substr(0, 1))));
  parts.update(std::as_bytes(std::span(text.substr(1))));
  const std::string digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(whole.finish(), digest);
  EXPECT_EQ(parts.finish(), digest);
}

}  // namespace
}  // namespace mandel
