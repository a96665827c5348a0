// Who shouts is heard now and then, and silences nobody else.
#include "common/base/rate_limit.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

int passed(RateLimit& limit, int tries, Nanoseconds now) {
  int passed = 0;
  for (int n = 0; n < tries; ++n) passed += limit.pass(now).has_value();
  return passed;
}

TEST(RateLimit, PassesABurstAndThenOneInEachPeriod) {
  RateLimit limit(3, kSecond);
  EXPECT_EQ(passed(limit, 10, 100), 3);
  EXPECT_EQ(passed(limit, 10, 100 + kSecond - 1), 0);
  EXPECT_EQ(passed(limit, 10, 100 + kSecond), 1);
  EXPECT_EQ(passed(limit, 10, 100 + 3 * kSecond), 2);
  EXPECT_EQ(passed(limit, 10, 100 + 100 * kSecond), 3) << "and no more, however long it rested";
}

TEST(RateLimit, SaysHowOftenItDidNotPass) {
  RateLimit limit(1, kSecond);
  EXPECT_EQ(limit.pass(5), 0u);
  EXPECT_FALSE(limit.pass(6));
  EXPECT_FALSE(limit.pass(7));
  EXPECT_EQ(limit.pass(5 + kSecond), 2u);
  EXPECT_EQ(limit.pass(5 + 2 * kSecond), 0u);
}

TEST(RateLimits, ALoudSourceSilencesNobodyElse) {
  RateLimits limits({2, kSecond});
  for (int n = 0; n < 100; ++n) (void)limits.pass("loud", 0);
  EXPECT_FALSE(limits.pass("loud", 0));
  EXPECT_EQ(limits.pass("quiet", 0), 0u);
}

TEST(RateLimits, HoweverManySourcesThereAreTheyAreBounded) {
  RateLimits limits({1, kSecond});
  std::size_t passed = 0;
  for (int n = 0; n < 20'000; ++n) passed += limits.pass(std::to_string(n), 0).has_value();
  EXPECT_EQ(passed, RateLimits::kSourcesMax + 1);
  EXPECT_TRUE(limits.pass("new", 2 * kSecond)) << "the old ones rested, and are forgotten";
}

}  // namespace
}  // namespace mandel
