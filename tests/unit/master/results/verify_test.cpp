// Counts that do not match what the worker claimed of them get no further than this.
#include "master/results/verify.h"

#include <gtest/gtest.h>
#include <numeric>
#include <vector>

#include "common/wire/codec.h"

namespace mandel {
namespace {

class VerifyTest : public testing::TestWithParam<std::size_t> {
 protected:
  VerifyTest() : counts_(GetParam()) {
    std::iota(counts_.begin(), counts_.end(), 0u);
    const Fingerprint print = fingerprint(counts_);
    head_.set_encoding(wire::RAW_U32);
    head_.set_sum(print.sum);
    head_.set_hash_low(print.hash_low);
    head_.set_hash_high(print.hash_high);
  }
  zmq::message_t body() const { return zmq::message_t(counts_.data(), counts_.size() * 4); }
  bool is_accepted(zmq::message_t message, std::uint32_t max_iter = 1u << 20) const {
    return verified_counts(head_, std::move(message), counts_.size(), max_iter).has_value();
  }

  std::vector<std::uint32_t> counts_;
  wire::Result head_;
};

TEST_P(VerifyTest, GoodCountsComeThroughAndSurviveMoves) {
  auto counts = verified_counts(head_, body(), counts_.size(), 1u << 20);
  ASSERT_TRUE(counts);
  const Counts moved = *std::move(counts);
  EXPECT_TRUE(std::ranges::equal(moved.values(), counts_));
}

TEST_P(VerifyTest, AFlippedBitIsRefused) {
  zmq::message_t message = body();
  static_cast<char*>(message.data())[message.size() / 2] ^= 1;
  EXPECT_FALSE(is_accepted(std::move(message)));
}

TEST_P(VerifyTest, AWrongSumOrHashIsRefused) {
  head_.set_sum(head_.sum() + 1);
  EXPECT_FALSE(is_accepted(body()));
  head_.set_sum(head_.sum() - 1);
  EXPECT_TRUE(is_accepted(body()));
  head_.set_hash_high(head_.hash_high() ^ 1);
  EXPECT_FALSE(is_accepted(body()));
}

TEST_P(VerifyTest, TheWrongLengthIsRefused) {
  EXPECT_FALSE(is_accepted(zmq::message_t(counts_.data(), counts_.size() * 4 - 4)));
  EXPECT_FALSE(is_accepted(zmq::message_t(counts_.data(), counts_.size() * 4 - 1)));
  EXPECT_FALSE(is_accepted(zmq::message_t()));
}

TEST_P(VerifyTest, CountsBeyondTheLimitAreRefusedHoweverWellHashed) {
  const auto greatest = static_cast<std::uint32_t>(counts_.size() - 1);
  EXPECT_TRUE(is_accepted(body(), greatest + 1));
  if (greatest > 0) {
    EXPECT_FALSE(is_accepted(body(), greatest));
  }
}

TEST_P(VerifyTest, AnUnknownEncodingIsRefused) {
  head_.set_encoding(wire::ENCODING_UNSPECIFIED);
  EXPECT_FALSE(is_accepted(body()));
}

TEST_P(VerifyTest, ARawBodyIsNoCompressedOne) {
  head_.set_encoding(wire::PLANES_LZ4);
  EXPECT_FALSE(is_accepted(body()));
  EXPECT_FALSE(is_accepted(zmq::message_t()));
}

// Tiny counts live inside the message object, large ones outside.
INSTANTIATE_TEST_SUITE_P(Sizes, VerifyTest, testing::Values(1u, 5u, 8u, 16u, 17u, 10'000u));

class VerifyCompressedTest : public VerifyTest {
 protected:
  VerifyCompressedTest() { head_.set_encoding(wire::PLANES_LZ4); }
  static zmq::message_t frame(std::span<const std::byte> bytes) {
    return zmq::message_t(bytes.data(), bytes.size());
  }
  std::vector<std::byte> encoded() const { return encode_counts(counts_).value(); }
};

TEST_P(VerifyCompressedTest, GoodCountsComeThroughDecoded) {
  auto counts = verified_counts(head_, frame(encoded()), counts_.size(), 1u << 20);
  ASSERT_TRUE(counts);
  const Counts moved = *std::move(counts);
  EXPECT_TRUE(std::ranges::equal(moved.values(), counts_));
}

TEST_P(VerifyCompressedTest, NoCorruptedByteIsAccepted) {
  const auto good = encoded();
  for (std::size_t at = 0; at < good.size(); at += 1 + good.size() / 100) {
    auto bad = good;
    bad[at] ^= std::byte{0x55};
    EXPECT_FALSE(is_accepted(frame(bad))) << at;
    EXPECT_FALSE(is_accepted(frame(std::span(good).first(at)))) << at;
  }
}

TEST_P(VerifyCompressedTest, CountsOfAnotherNumberOfPixelsAreRefused) {
  auto more = counts_;
  more.push_back(0);
  EXPECT_FALSE(is_accepted(frame(encode_counts(more).value())));
  EXPECT_FALSE(verified_counts(head_, frame(encoded()), counts_.size() + 1, 1u << 20).has_value());
}

TEST_P(VerifyCompressedTest, AClaimOfOtherCountsIsRefused) {
  head_.set_hash_low(head_.hash_low() ^ 1);
  EXPECT_FALSE(is_accepted(frame(encoded())));
}

TEST_P(VerifyCompressedTest, CountsBeyondTheLimitAreRefused) {
  const auto greatest = static_cast<std::uint32_t>(counts_.size() - 1);
  EXPECT_TRUE(is_accepted(frame(encoded()), greatest + 1));
  EXPECT_FALSE(is_accepted(frame(encoded()), greatest));
}

INSTANTIATE_TEST_SUITE_P(Sizes, VerifyCompressedTest, testing::Values(16u, 17u, 10'000u));

}  // namespace
}  // namespace mandel
