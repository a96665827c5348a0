// What the master sends, and how it reads what workers claim of themselves.
#include "master/crew/messages.h"

#include <gtest/gtest.h>

#include "kernels/deep/engine.h"

namespace mandel {
namespace {

TEST(MasterMessages, ATaskSaysWhichRowsInWhichEncodingAndWhatHasCome) {
  const auto envelope = task_message(
      {.job = 5, .chunk = 7, .attempt = 2, .band = {30, 10}, .encoding = wire::PLANES_LZ4}, {3, 4});
  const wire::Task& task = envelope.task();
  EXPECT_EQ(task.job(), 5u);
  EXPECT_EQ(task.chunk(), 7u);
  EXPECT_EQ(task.attempt(), 2u);
  EXPECT_EQ(task.first_row(), 30u);
  EXPECT_EQ(task.rows(), 10u);
  EXPECT_EQ(task.encoding(), wire::PLANES_LZ4);
  EXPECT_EQ(std::vector(task.acked().begin(), task.acked().end()),
            (std::vector<std::uint32_t>{3, 4}));
}

TEST(MasterMessages, ABeatNamesTheJobOnlyOfChunksThatHaveCome) {
  EXPECT_EQ(beat_message(5, {}).beat().acks_size(), 0);
  const auto envelope = beat_message(5, {3});
  ASSERT_EQ(envelope.beat().acks_size(), 1);
  EXPECT_EQ(envelope.beat().acks(0).job(), 5u);
  EXPECT_EQ(envelope.beat().acks(0).chunks(0), 3u);
}

TEST(MasterMessages, WhatAWorkerSaysOfItselfIsFitForALog) {
  wire::Welcome welcome;
  welcome.set_host("desk\x1b[2J");
  welcome.set_incarnation(9);
  for (const char* kernel : {"simd\n", "cuda"}) {
    wire::Lane& lane = *welcome.add_lanes();
    lane.set_kernel(kernel);
    lane.set_semantics(std::string(kExactF64));
  }
  const WorkerInfo info = info_of(welcome, kExactF64);
  EXPECT_EQ(info.host.find('\x1b'), std::string::npos);
  EXPECT_EQ(info.kernel.find('\n'), std::string::npos);
  EXPECT_TRUE(info.kernel.starts_with("simd")) << "the first lane's";
  EXPECT_EQ(info.incarnation, 9u);
  EXPECT_EQ(info.lanes, 2u);
  EXPECT_EQ(info.credit_max, 1u) << "a worker that names no credit gets a chunk all the same";
}

wire::Lane lane_of(std::string_view kernel, std::string_view semantics, std::string_view deep) {
  wire::Lane lane;
  lane.set_kernel(std::string(kernel));
  lane.set_semantics(std::string(semantics));
  lane.set_deep_kernel(std::string(deep));
  return lane;
}

TEST(MasterMessages, OnlyLanesThatComputeTheJobsCountsAreCounted) {
  wire::Welcome welcome;
  *welcome.add_lanes() = lane_of("cuda", kExactF64, "");
  for (int k = 0; k < 2; ++k) *welcome.add_lanes() = lane_of("simd", kExactF64, "deep");
  EXPECT_EQ(why_unfit(welcome, kExactF64), "");
  EXPECT_EQ(why_unfit(welcome, kTrueCount), "");
  EXPECT_EQ(info_of(welcome, kExactF64).lanes, 3u);
  const WorkerInfo info = info_of(welcome, kTrueCount);
  EXPECT_EQ(info.lanes, 2u);
  EXPECT_EQ(info.all_lanes, 3u);
  EXPECT_EQ(info.kernel, "deep");
}

TEST(MasterMessages, AWorkerWithoutTheJobsCountsIsToldWhatToDo) {
  wire::Welcome old;
  *old.add_lanes() = lane_of("simd", kExactF64, "");
  EXPECT_NE(why_unfit(old, kTrueCount).find("computes no true-count"), std::string::npos);
  wire::Welcome deep_only;
  *deep_only.add_lanes() = lane_of("deep", kTrueCount, "deep");
  EXPECT_EQ(why_unfit(deep_only, kTrueCount), "");
  EXPECT_NE(why_unfit(deep_only, kExactF64).find("computes no exact-f64"), std::string::npos);
  EXPECT_NE(why_unfit({}, kTrueCount).find("no lanes"), std::string::npos);
}

TEST(MasterMessages, AnExactJobIsNotMixedWithAForeignLane) {
  wire::Welcome welcome;
  *welcome.add_lanes() = lane_of("simd", kExactF64, "deep");
  *welcome.add_lanes() = lane_of("cuda-f32", "f32", "deep");
  EXPECT_NE(why_unfit(welcome, kExactF64).find("can't be mixed in"), std::string::npos);
  EXPECT_EQ(why_unfit(welcome, kTrueCount), "") << "these lanes get tasks of that kind only";
}

TEST(MasterMessages, TimesAreTakenAsTheyAreClaimed) {
  wire::Result result;
  result.set_arrived_ns(UINT64_MAX);
  result.set_residence_ns(40);
  result.set_waited_ns(10);
  result.set_encoding_lane(1);
  result.set_encoded_ns(5);
  result.set_iterations_executed(1000);
  result.add_spans()->set_lane(0);
  wire::LaneSpan& span = *result.add_spans();
  span.set_lane(1);
  span.set_began_ns(12);
  span.set_computed_ns(20);
  const ClaimedTimes times = times_of(result);
  EXPECT_EQ(times.arrived_ns, UINT64_MAX);
  EXPECT_EQ(times.residence_ns, 40u);
  EXPECT_EQ(times.waited_ns, 10u);
  EXPECT_EQ(times.encoding_lane, 1u);
  EXPECT_EQ(times.encoded_ns, 5u);
  EXPECT_EQ(times.iterations, 1000u);
  ASSERT_EQ(times.spans.size(), 2u);
  EXPECT_EQ(times.spans[1].lane, 1u);
  EXPECT_EQ(times.spans[1].began_ns, 12u);
  EXPECT_EQ(times.spans[1].computed_ns, 20u);
}

}  // namespace
}  // namespace mandel
