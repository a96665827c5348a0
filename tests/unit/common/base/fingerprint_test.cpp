// Other machines compute these, too: the hashes must be the published ones, byte for byte.
#include "common/base/fingerprint.h"

#include <array>
#include <gtest/gtest.h>
#include <string_view>
#include <vector>

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
