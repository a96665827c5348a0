// A result's bytes are compressed only where that makes them smaller, and never copied.
#include "worker/body.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <vector>

#include "common/wire/codec.h"

namespace mandel {
namespace {

constexpr std::size_t kCount = 1000;

std::unique_ptr<std::uint32_t[]> copy_of(const std::vector<std::uint32_t>& counts) {
  auto copy = std::make_unique<std::uint32_t[]>(counts.size());
  std::ranges::copy(counts, copy.get());
  return copy;
}

TEST(Body, RawItIsTheCountsThemselves) {
  auto counts = std::make_unique<std::uint32_t[]>(kCount);
  const std::uint32_t* const address = counts.get();
  const Body body = body_of(std::move(counts), kCount, wire::RAW_U32);
  EXPECT_EQ(body.encoding, wire::RAW_U32);
  EXPECT_EQ(static_cast<const void*>(body.bytes.data()), address);
  EXPECT_EQ(body.bytes.size(), 4 * kCount);
}

TEST(Body, EncodedItIsSmallerAndDecodesToTheCounts) {
  std::vector<std::uint32_t> counts(kCount, 7);
  counts[5] = 70'000;
  const Body body = body_of(copy_of(counts), kCount, wire::PLANES_LZ4);
  EXPECT_EQ(body.encoding, wire::PLANES_LZ4);
  EXPECT_LT(body.bytes.size(), kCount);
  std::vector<std::uint32_t> decoded(kCount);
  ASSERT_TRUE(decode_counts(body.bytes, decoded));
  EXPECT_EQ(decoded, counts);
}

TEST(Body, WhatDoesNotShrinkStaysRaw) {
  std::mt19937 random(1);
  std::vector<std::uint32_t> noise(kCount);
  std::ranges::generate(noise, std::ref(random));
  const Body body = body_of(copy_of(noise), kCount, wire::PLANES_LZ4);
  EXPECT_EQ(body.encoding, wire::RAW_U32);
  EXPECT_TRUE(std::ranges::equal(body.bytes, std::as_bytes(std::span(noise))));
}

}  // namespace
}  // namespace mandel
