// Every nanosecond of a lane is in one part, in whatever order results come and whatever workers
// claim.
#include "master/stats/lane_time.h"

#include <gtest/gtest.h>
#include <random>
#include <utility>
#include <vector>

namespace mandel {
namespace {

constexpr Nanoseconds kTheirEpoch = 1'000'000'000;  // the worker's clock has another zero

// A worker's lanes as the master sees them: `wire` to it and back, by its own clock.
class LaneTimeTest : public testing::Test {
 protected:
  LaneTimeTest() {
    lane_time_.add_worker();
    lane_time_.add_worker();
  }

  // Sent at `sent`, there after `wire`, begun at `began`, back after `wire` again.
  struct Life {
    ChunkId chunk = 0;
    std::uint32_t lane = 0;
    Nanoseconds sent = 0;
    Nanoseconds began = 0;
    Nanoseconds computed = 0;
    Nanoseconds encoded = 0;
    Nanoseconds wire = 10;
  };
  ChunkTimes live(const Life& life, WorkerId worker = 0) {
    lane_time_.sent(worker, life.chunk, life.sent);
    const Nanoseconds arrived = life.sent + life.wire;
    const Nanoseconds departed = life.began + life.computed + life.encoded;
    const ClaimedTimes claimed{
        .arrived_ns = static_cast<std::uint64_t>(kTheirEpoch + arrived),
        .residence_ns = static_cast<std::uint64_t>(departed - arrived),
        .encoding_lane = life.lane,
        .encoded_ns = static_cast<std::uint64_t>(life.encoded),
        .spans = {{.lane = life.lane,
                   .began_ns = static_cast<std::uint64_t>(life.began - arrived),
                   .computed_ns = static_cast<std::uint64_t>(life.computed)}}};
    return lane_time_.arrived(arrival_at(departed + life.wire, worker, life.chunk), claimed);
  }
  static LaneTime::Arrival arrival_at(Nanoseconds at, WorkerId worker = 0, ChunkId chunk = 0) {
    return {.worker = worker,
            .chunk = chunk,
            .band = {0, 1},
            .received = at,
            .decoded = at,
            .verified = at,
            .bytes = 4};
  }

  LaneTime lane_time_;
};

TEST_F(LaneTimeTest, EveryPartOfALanesTimeHasItsName) {
  lane_time_.joined(0, 1, 0);
  live({.chunk = 0, .sent = 100, .began = 115, .computed = 50, .encoded = 5});  // back at 180
  live({.chunk = 1, .sent = 200, .began = 210, .computed = 40});                // back at 260
  lane_time_.end(300);
  const TimeSplit split = lane_time_.total(0);
  EXPECT_EQ(split.startup_ns, 100);
  EXPECT_EQ(split.computing_ns, 90);
  EXPECT_EQ(split.encoding_ns, 5);
  EXPECT_EQ(split.handover_ns, 5);
  EXPECT_EQ(split.wire_ns, 10 + 10 + 10 + 10) << "there and back, twice";
  EXPECT_EQ(split.starved_ns, 20) << "from the result's arrival until the next was sent";
  EXPECT_EQ(split.tail_ns, 40);
  EXPECT_EQ(split.total(), 300);
}

TEST_F(LaneTimeTest, PreparingComesBeforeComputingAndIsCutToTheRoundTripToo) {
  lane_time_.joined(0, 1, 0);
  lane_time_.sent(0, 0, 100);
  const ChunkTimes times = lane_time_.arrived(
      arrival_at(200), {.arrived_ns = 1100,
                        .residence_ns = 100,
                        .spans = {{.lane = 0, .computed_ns = 30, .prepared_ns = 60}}});
  EXPECT_EQ(times.prepared_ns, 60);
  EXPECT_EQ(times.computed_ns, 30);
  lane_time_.sent(0, 1, 200);
  lane_time_.arrived(
      arrival_at(300, 0, 1),
      {.arrived_ns = 1200,
       .residence_ns = 100,
       .spans = {{.lane = 0, .computed_ns = UINT64_MAX, .prepared_ns = UINT64_MAX}}});
  lane_time_.end(300);
  const TimeSplit split = lane_time_.total(0);
  EXPECT_EQ(split.preparing_ns, 160);
  EXPECT_EQ(split.computing_ns, 30);
  EXPECT_EQ(split.total(), 300);
}

TEST_F(LaneTimeTest, AChunkThatWaitsAtTheWorkerHidesTheWire) {
  lane_time_.joined(0, 1, 0);
  lane_time_.sent(0, 1, 1);
  live({.chunk = 0, .sent = 0, .began = 10, .computed = 50});
  live({.chunk = 1, .sent = 1, .began = 62, .computed = 50});
  lane_time_.end(122);
  const TimeSplit split = lane_time_.total(0);
  EXPECT_EQ(split.handover_ns, 2);
  EXPECT_EQ(split.wire_ns, 20) << "the first chunk there, the last one back";
  EXPECT_EQ(split.computing_ns, 100);
}

TEST_F(LaneTimeTest, AResultThatComesLateFindsItsPlace) {
  lane_time_.joined(0, 1, 0);
  lane_time_.sent(0, 0, 0);
  live({.chunk = 1, .sent = 1, .began = 60, .computed = 40});
  live({.chunk = 0, .sent = 0, .began = 10, .computed = 50});
  lane_time_.end(110);
  EXPECT_EQ(lane_time_.total(0).computing_ns, 90);
}

// With a chunk in the queue, too: a page that shows the lanes can't wait for the end.
TEST_F(LaneTimeTest, WhatALaneDidIsToldAsSoonAsNothingEarlierCanCome) {
  std::vector<LaneSlice> told;
  lane_time_ = LaneTime([&](const LaneSlice& slice) { told.push_back(slice); });
  lane_time_.add_worker();
  lane_time_.joined(0, 1, 0);
  for (const ChunkId chunk : {0u, 1u, 2u}) lane_time_.sent(0, chunk, chunk);
  live({.chunk = 1, .sent = 1, .began = 60, .computed = 40});
  EXPECT_TRUE(told.empty()) << "chunk 0 was begun before, and is out";
  live({.chunk = 0, .sent = 0, .began = 10, .computed = 50});
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.back().part, &TimeSplit::computing_ns);
  EXPECT_EQ(told.back().from, 60);
  EXPECT_EQ(told.back().to, 100);
  Nanoseconds until = 0;
  for (const LaneSlice& slice : told) EXPECT_EQ(slice.from, std::exchange(until, slice.to));
}

TEST_F(LaneTimeTest, ALaneWithoutAChunkOnlyWaited) {
  lane_time_.joined(0, 2, 0);
  live({.chunk = 0, .lane = 0, .sent = 30, .began = 40, .computed = 50});
  lane_time_.end(100);
  const TimeSplit idle = lane_time_.splits(0)[1];
  EXPECT_EQ(idle.startup_ns, 30);
  EXPECT_EQ(idle.tail_ns, 70);
}

TEST_F(LaneTimeTest, ABackupOfAChunkIsNoNewWork) {
  lane_time_.joined(0, 1, 0);
  lane_time_.joined(1, 1, 0);
  lane_time_.sent(0, 0, 10);
  lane_time_.sent(1, 0, 90);  // the same chunk: the tail has begun long before
  lane_time_.end(100);
  EXPECT_EQ(lane_time_.total(1).tail_ns, 90);
}

TEST_F(LaneTimeTest, AWorkerThatIsGoneIsAwayUntilItIsBack) {
  lane_time_.joined(0, 1, 0);
  live({.chunk = 0, .sent = 0, .began = 10, .computed = 50});
  lane_time_.lost(0, 100);
  lane_time_.joined(0, 1, 150);
  live({.chunk = 1, .sent = 160, .began = 170, .computed = 20});
  lane_time_.end(200);
  const TimeSplit split = lane_time_.total(0);
  EXPECT_EQ(split.away_ns, 90) << "what it had when it was lost counts too";
  EXPECT_EQ(split.computing_ns, 70);
  EXPECT_EQ(split.total(), 200);
}

TEST_F(LaneTimeTest, WhoIsGoneIsToldToBeAwayAsTimePasses) {
  std::vector<LaneSlice> told;
  lane_time_ = LaneTime([&](const LaneSlice& slice) { told.push_back(slice); });
  for (int n = 0; n < 3; ++n) lane_time_.add_worker();  // the third never comes
  lane_time_.joined(0, 2, 0);
  lane_time_.joined(1, 1, 0);
  lane_time_.pass(50);
  EXPECT_TRUE(told.empty()) << "nobody is gone";
  lane_time_.lost(0, 100);
  told.clear();
  for (const Nanoseconds now : {120, 120, 150}) lane_time_.pass(now);
  ASSERT_EQ(told.size(), 4u) << "two lanes, twice";
  for (const LaneSlice& slice : told) EXPECT_EQ(slice.part, &TimeSplit::away_ns);
  EXPECT_EQ(told[3].lane, 1u);
  EXPECT_EQ(told[3].from, 120);
  EXPECT_EQ(told[3].to, 150);
  lane_time_.joined(0, 2, 160);
  lane_time_.pass(200);
  EXPECT_EQ(lane_time_.total(0).away_ns, 2 * 160);
}

TEST_F(LaneTimeTest, AWorkersTallTalesAreCutToTheRoundTrip) {
  lane_time_.joined(0, 1, 0);
  lane_time_.sent(0, 0, 100);
  ClaimedTimes claimed{.arrived_ns = UINT64_MAX,
                       .residence_ns = UINT64_MAX,
                       .waited_ns = UINT64_MAX,
                       .encoded_ns = UINT64_MAX};
  for (const std::uint32_t lane : {0u, 7u, UINT32_MAX})
    claimed.spans.push_back({.lane = lane, .began_ns = 10, .computed_ns = UINT64_MAX});
  const ChunkTimes times = lane_time_.arrived(arrival_at(300), claimed);
  EXPECT_EQ(times.residence_ns, 200);
  EXPECT_EQ(times.computed_ns, 190) << "of the one lane that it has";
  lane_time_.end(300);
  EXPECT_EQ(lane_time_.total(0).total(), 300);
  EXPECT_EQ(lane_time_.total(0).computing_ns, 190);
}

TEST_F(LaneTimeTest, WhateverHappensThePartsAddUpAndNoComputingIsLost) {
  std::mt19937 random(7);
  const auto up_to = [&](int most) { return static_cast<Nanoseconds>(random() % most); };
  constexpr int kLanes = 3;
  lane_time_.joined(0, kLanes, 0);
  Nanoseconds free_at[kLanes] = {};
  Nanoseconds end = 0;
  Nanoseconds computed = 0;
  for (ChunkId chunk = 0; chunk < 500; ++chunk) {
    const auto lane = static_cast<std::uint32_t>(random() % kLanes);
    const Nanoseconds wire = 20 + up_to(5);
    const Nanoseconds sent = std::max<Nanoseconds>(0, free_at[lane] - up_to(100));
    const Nanoseconds began = std::max(free_at[lane], sent + wire) + up_to(10);
    const Life life{chunk, lane, sent, began, 200 + up_to(400), up_to(20), wire};
    live(life);
    computed += life.computed;
    free_at[lane] = began + life.computed + life.encoded;
    end = std::max(end, free_at[lane] + wire);
  }
  lane_time_.end(end);
  const TimeSplit split = lane_time_.total(0);
  EXPECT_EQ(split.total(), kLanes * end);
  EXPECT_NEAR(static_cast<double>(split.computing_ns), static_cast<double>(computed),
              0.01 * static_cast<double>(computed))
      << "the two clocks are only estimated";
}

TEST(ClockOffset, LiesBetweenWhatTheNarrowestRoundTripAllows) {
  ClockOffset offset;
  offset.learn(100, 200, 1120, 1140);  // from -1020 to -940
  offset.learn(300, 330, 1310, 1320);  // from -1010 to -990
  EXPECT_EQ(offset.at_master(2000), 1000);
  offset.learn(400, 420, 400, 410);  // another clock altogether
  EXPECT_EQ(offset.at_master(400), 405);
}

}  // namespace
}  // namespace mandel
