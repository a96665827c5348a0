// The sentence about the minimum says no more than the measurements can tell.
#include "master/sweep/finding.h"

#include <gtest/gtest.h>

#include "master/sweep/derived.h"
#include "tests/unit/master/sweep/made_sweep.h"

namespace mandel {
namespace {

TEST(Derived, FollowsFromTheFiguresByHand) {
  const Sweep sweep = tiny_sweep();
  EXPECT_EQ(one_lane_ns(sweep), 15 * kMillisecond);
  const SweepPoint& point = sweep.points[1];
  const Derived derived = derive(sweep, point, point.median());
  EXPECT_DOUBLE_EQ(derived.speed_up, 1.5);                // 15 / 10
  EXPECT_DOUBLE_EQ(derived.efficiency, 0.75);             // of 2 lanes
  EXPECT_DOUBLE_EQ(derived.overhead_per_chunk_us, 1000);  // (2 x 10 - 16) ms / 4
  EXPECT_DOUBLE_EQ(derived.network_share, 0.15);          // 3 / 20
  EXPECT_EQ(wall_range(point).min, 9 * kMillisecond);
  EXPECT_EQ(wall_range(point).max, 11 * kMillisecond);
}

TEST(Derived, ARunOfNoTimeDividesNothingByZero) {
  Sweep sweep = tiny_sweep();
  sweep.workers.clear();
  sweep.points = {{0, 0, {RunFigures{}}}};
  const Derived derived = derive(sweep, sweep.points[0], sweep.points[0].runs[0]);
  EXPECT_EQ(derived.speed_up, 0);
  EXPECT_EQ(derived.efficiency, 0);
  EXPECT_EQ(derived.overhead_per_chunk_us, 0);
  EXPECT_EQ(derived.network_share, 0);
}

TEST(Finding, NamesThePartThatGrewMostOnEitherSide) {
  const Sweep sweep = tiny_sweep();
  const Finding finding = find_minimum(sweep);
  EXPECT_EQ(finding.best, &sweep.points[1]);
  ASSERT_TRUE(finding.fewer && finding.more);
  EXPECT_EQ(finding.fewer->part->key, "tail");
  EXPECT_DOUBLE_EQ(finding.fewer->growth, 0.5);
  EXPECT_DOUBLE_EQ(finding.fewer->part_share, 1.3);  // 13 ms of 2 x 5 ms
  EXPECT_EQ(finding.more->part->key, "wire");
  EXPECT_DOUBLE_EQ(finding.more->growth, 1);
  EXPECT_EQ(sentence(sweep, finding),
            "4 chunks are fastest: 10.0 ms, 1.50 times as fast as one lane; 1 chunk takes 50 % "
            "longer, mostly because lanes wait for the last chunk; 8 chunks take 100 % longer, "
            "mostly because lanes wait for the wire.");
}

TEST(Finding, SaysWhenTheMinimumIsAtTheEdgeOfWhatWasTried) {
  Sweep sweep = tiny_sweep();
  sweep.points.erase(sweep.points.begin());
  sweep.points.pop_back();
  EXPECT_EQ(sentence(sweep, find_minimum(sweep)),
            "4 chunks are fastest: 10.0 ms, 1.60 times as fast as one lane; fewer were not tried; "
            "more were not tried.");
}

TEST(Finding, DoesNotAskForWhatCannotBeTried) {
  Sweep sweep = tiny_sweep();
  sweep.points = {{1, 1, sweep.points[0].runs}};
  EXPECT_EQ(sentence(sweep, find_minimum(sweep)),
            "1 chunk is fastest: 15.0 ms, 1.00 times as fast as one lane.");
}

TEST(Finding, AdmitsWhatTheRepeatsCannotTellApart) {
  Sweep sweep = tiny_sweep();
  sweep.points[2].runs[0].wall_ns = 11 * kMillisecond;  // as slow as the best point's slowest
  Finding finding = find_minimum(sweep);
  EXPECT_EQ(finding.flat_from, 4u);
  EXPECT_EQ(finding.flat_to, 8u);
  EXPECT_NE(sentence(sweep, finding).find("4 to 8 chunks are as good"), std::string::npos);
  sweep.points[2].runs[0].wall_ns += 1;
  finding = find_minimum(sweep);
  EXPECT_EQ(finding.flat_to, 4u);
}

TEST(Finding, OfEqualsTheFewestChunksAreBest) {
  Sweep sweep = tiny_sweep();
  sweep.points[0].runs[0].wall_ns = sweep.points[1].median().wall_ns;
  EXPECT_EQ(find_minimum(sweep).best, &sweep.points[0]);
}

}  // namespace
}  // namespace mandel
