#include "master/verify.h"

#include <gtest/gtest.h>
#include <numeric>
#include <vector>

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

// Tiny counts live inside the message object, large ones outside.
INSTANTIATE_TEST_SUITE_P(Sizes, VerifyTest, testing::Values(1u, 5u, 8u, 16u, 17u, 10'000u));

}  // namespace
}  // namespace mandel
