// Who rests, for how long, and what ends it.
#include "master/plan/rests.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

// A machine whose process 7 is there after so many falls, the last one at time 0.
Rests after_falls(std::uint32_t falls) {
  Rests rests;
  for (std::uint64_t process = 100; process < 100 + falls; ++process) {
    rests.joined(process, 0);
    rests.died(process, 0);
  }
  rests.joined(7, 0);
  return rests;
}

TEST(Rests, BeginWithTheSecondFallInARowAndDouble) {
  EXPECT_FALSE(after_falls(1).is_resting(7, 0));
  for (const auto& [falls, rest] : {std::pair(2u, 1), {3u, 2}, {4u, 4}, {7u, 32}, {1000u, 32}}) {
    EXPECT_TRUE(after_falls(falls).is_resting(7, rest * kSecond - 1)) << falls;
    EXPECT_FALSE(after_falls(falls).is_resting(7, rest * kSecond)) << falls;
  }
}

TEST(Rests, ASilentDeathIsNotTheFirstAfterAnother) {
  Rests rests;
  rests.joined(1, 0);
  rests.went_silent(1);
  EXPECT_TRUE(rests.was_first());
  rests.joined(2, 0);
  rests.went_silent(2);
  EXPECT_FALSE(rests.was_first());
}

TEST(Rests, EndWithAResult) {
  Rests rests = after_falls(5);
  EXPECT_TRUE(rests.is_on_trial(7));
  rests.delivered(7);
  EXPECT_FALSE(rests.is_resting(7, 0));
  EXPECT_FALSE(rests.is_on_trial(7));
  rests.died(7, 0);
  EXPECT_FALSE(rests.is_resting(7, 0)) << "the first fall after it";
}

TEST(Rests, AreNotForABrokenConnection) {
  Rests rests;
  for (int n = 0; n < 9; ++n) {
    rests.joined(7, 0);
    rests.died(7, 0);
  }
  rests.joined(7, 0);
  EXPECT_EQ(rests.falls(), 0u);
}

TEST(Rests, CountSilenceAsAFallOnceAnotherProcessComes) {
  Rests rests = after_falls(1);
  rests.went_silent(7);
  EXPECT_TRUE(rests.is_expected());
  rests.joined(7, 0);
  EXPECT_TRUE(rests.is_expected());
  rests.went_silent(7);
  rests.joined(8, kSecond);
  EXPECT_TRUE(rests.is_resting(8, 2 * kSecond - 1));
}

TEST(Rests, AreForTheNewestProcessOnly) {
  Rests rests = after_falls(3);
  rests.joined(8, 0);
  EXPECT_FALSE(rests.is_resting(7, 0)) << "it was there before, and is none of those";
  EXPECT_TRUE(rests.is_resting(8, 0));
  rests.delivered(7);
  EXPECT_TRUE(rests.is_resting(8, 0)) << "another's result says nothing of it";
}

TEST(Rests, RememberThatTheMachineHasDelivered) {
  Rests rests = after_falls(2);
  EXPECT_FALSE(rests.has_delivered());
  rests.delivered(100);  // another process
  rests.died(7, 0);
  EXPECT_TRUE(rests.has_delivered());
}

TEST(Rests, AreToldOnce) {
  Rests rests = after_falls(2);
  EXPECT_TRUE(rests.take_news());
  rests.delivered(7);
  rests.died(7, 0);
  rests.joined(8, 0);
  rests.died(8, 0);
  EXPECT_FALSE(rests.take_news());
}

}  // namespace
}  // namespace mandel
