// What the master sends, and how it reads what workers claim of themselves.
#include "master/crew/messages.h"

#include <gtest/gtest.h>

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
  for (const char* kernel : {"simd\n", "cuda"}) welcome.add_lanes()->set_kernel(kernel);
  const WorkerInfo info = info_of(welcome);
  EXPECT_EQ(info.host.find('\x1b'), std::string::npos);
  EXPECT_EQ(info.kernel.find('\n'), std::string::npos);
  EXPECT_TRUE(info.kernel.starts_with("simd")) << "the first lane's";
  EXPECT_EQ(info.incarnation, 9u);
  EXPECT_EQ(info.lanes, 2u);
  EXPECT_EQ(info.credit_max, 1u) << "a worker that names no credit gets a chunk all the same";
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
