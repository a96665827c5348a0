// The size of a launch follows the clock, within bounds.
#include "kernels/gpu/pace.h"

#include <gtest/gtest.h>

namespace mandel::gpu {
namespace {

// Runs launches on a device that takes so long for one unit of the budget.
double seconds_after(int launches, double seconds_per_unit) {
  Pace pace(64);
  for (int i = 0; i < launches; ++i) pace.measured(pace.budget() * seconds_per_unit);
  return pace.budget() * seconds_per_unit;
}

TEST(Pace, ComesToTheTargetOnFastAndSlowDevices) {
  EXPECT_NEAR(seconds_after(20, 1e-6), Pace::kTargetSeconds, 1e-5);
  EXPECT_NEAR(seconds_after(20, 1e-4), Pace::kTargetSeconds, 1e-4);
  EXPECT_NEAR(seconds_after(20, 4e-3), Pace::kTargetSeconds, 4e-3);
}

TEST(Pace, GrowsBoundedlySoThatOneLuckyLaunchMakesNoLongOne) {
  Pace pace(64);
  pace.measured(0.0);
  EXPECT_EQ(pace.budget(), 256u);
}

TEST(Pace, NeverStops) {
  Pace pace(64);
  for (int i = 0; i < 10; ++i) pace.measured(1e9);
  EXPECT_EQ(pace.budget(), 1u);
}

TEST(Pace, NeverExceedsItsBound) {
  Pace pace(64);
  for (int i = 0; i < 100; ++i) pace.measured(0.0);
  EXPECT_LE(pace.budget(), 1u << 20);
}

}  // namespace
}  // namespace mandel::gpu
