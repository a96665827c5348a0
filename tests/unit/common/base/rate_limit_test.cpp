// Whoever knocks at full speed gets one line a second.
#include "common/base/rate_limit.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

TEST(RateLimit, PassesOnceInItsPeriodAndSaysHowOftenItDidNot) {
  RateLimit limit(kSecond);
  const Nanoseconds begin = 1000 * kSecond;
  EXPECT_EQ(limit.pass(begin), 0u);
  for (int k = 1; k < 1000; ++k) EXPECT_EQ(limit.pass(begin + k * kMillisecond), std::nullopt);
  EXPECT_EQ(limit.pass(begin + kSecond), 999u);
  EXPECT_EQ(limit.pass(begin + 2 * kSecond), 0u);
}

}  // namespace
}  // namespace mandel
