// Rates that one can read: steady where what they are of is steady.
#include "master/live/recent.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

TEST(RecentRate, OfAChunkEveryThreeSecondsStandsStill) {
  RecentRate rate;
  for (int k = 0; k <= 10; ++k) rate.note(3 * k * kSecond, 6 * k);
  for (int tenth = 0; tenth < 30; ++tenth)
    EXPECT_DOUBLE_EQ(rate.rate(30 * kSecond + tenth * kSecond / 10), 2) << tenth;
  EXPECT_LT(rate.rate(40 * kSecond), 1) << "the next ones are overdue";
}

TEST(RecentRate, OfManySmallStepsIsThatOfTheLastFiveSeconds) {
  RecentRate rate;
  for (int k = 0; k <= 10'000; ++k) rate.note(k * kSecond / 1000, k < 5000 ? 0 : k - 5000);
  EXPECT_NEAR(rate.rate(10 * kSecond), 1000, 50);
}

}  // namespace
}  // namespace mandel
