// What the worker sends fits into a head even at its longest, and says what was done.
#include "worker/messages.h"

#include <gtest/gtest.h>
#include <numeric>

#include "common/program/lanes.h"
#include "common/wire/wire.h"

namespace mandel {
namespace {

TEST(Messages, TheLongestBeatFitsIntoAHead) {
  const TaskProgress longest{{UINT64_MAX, UINT32_MAX, UINT32_MAX}, UINT64_MAX};
  const std::vector<TaskProgress> tasks(credit_for(1'000'000), longest);
  EXPECT_LE(beat_message(tasks).ByteSizeLong(), kHeadBytesMax);
}

TEST(Messages, TheLongestWelcomeFitsIntoAHead) {
  const Backend longest{"simd-interior:avx512-and-more", "cpu", kExactF64, "", nullptr};
  const std::vector<Lane> lanes(kLanesMax, Lane{&longest, 0});
  const Identity identity = make_identity(std::vector<std::string>(100, std::string(10'000, 'x')));
  const wire::Encoding encodings[] = {wire::RAW_U32, wire::PLANES_LZ4};
  EXPECT_LE(welcome_message(2, identity, lanes, kCreditMax, encodings).ByteSizeLong(),
            kHeadBytesMax);
}

TEST(Messages, AWelcomeAndARefusalSayWhichVersionsThisWorkerSpeaks) {
  const wire::Welcome welcome = welcome_message(2, {"desk", 1, {"no GPU"}}, {}, 1, {}).welcome();
  EXPECT_EQ(welcome.protocol_max(), kProtocolMax);
  EXPECT_EQ(welcome.remarks(0), "no GPU");
  EXPECT_EQ(refusal_message("no").refusal().protocol_min(), kProtocolMin);
}

TEST(Messages, ABeatSaysHowFarEachTaskIs) {
  const std::vector<TaskProgress> tasks = {{{1, 2, 3}, 0}, {{1, 4, 5}, 6}};
  const wire::Beat beat = beat_message(tasks).beat();
  ASSERT_EQ(beat.tasks_size(), 2);
  EXPECT_EQ(beat.tasks(0).chunk(), 2u);
  EXPECT_EQ(beat.tasks(0).ticks(), 0u);
  EXPECT_EQ(beat.tasks(1).job(), 1u);
  EXPECT_EQ(beat.tasks(1).attempt(), 5u);
  EXPECT_EQ(beat.tasks(1).ticks(), 6u);
}

constexpr Nanoseconds kArrived = 7000;

LaneResult end_of_lanes(std::size_t count) {
  LaneResult lanes;
  lanes.count = count;
  lanes.counts = std::make_unique<std::uint32_t[]>(count);
  std::iota(lanes.counts.get(), lanes.counts.get() + count, 10u);
  lanes.waited_ns = 20;
  lanes.computed_ns = 5;
  lanes.parts = {{1, 20, 3}, {0, 30, 2}};
  lanes.last_lane = 1;
  lanes.stats.executed = 33;
  return lanes;
}

KeptResult finished_chunk(wire::Encoding wish = wire::RAW_U32, std::size_t count = 3) {
  return kept_result_of({TutorialGrid{100}, 50}, {{1, 2, 3}, 4, 1, kArrived},
                        task_result_of(end_of_lanes(count), wish), kArrived + 100, kArrived + 500);
}

TEST(Messages, AResultSaysWhatItIsOf) {
  const KeptResult result = finished_chunk();
  EXPECT_EQ(result.key(), (ChunkKey{1, 2}));
  EXPECT_EQ(result.head.attempt(), 3u);
  EXPECT_EQ(result.head.sum(), 33u);
  EXPECT_EQ(result.first_row, 4u);
  EXPECT_EQ(result.rows, 1u);
}

TEST(Messages, AResultSaysWhatEachLaneDidAndWhen) {
  const wire::Result head = finished_chunk().head;
  EXPECT_EQ(head.arrived_ns(), 7000u);
  EXPECT_EQ(head.residence_ns(), 500u);
  EXPECT_EQ(head.waited_ns(), 120u) << "100 for its turn, 20 for a lane";
  EXPECT_EQ(head.encoding_lane(), 1u);
  ASSERT_EQ(head.spans_size(), 2);
  EXPECT_EQ(head.spans(0).lane(), 1u);
  EXPECT_EQ(head.spans(0).began_ns(), 120u);
  EXPECT_EQ(head.spans(0).computed_ns(), 3u);
  EXPECT_EQ(head.spans(1).began_ns(), 130u);
}

TEST(Messages, AnAnswerFromTheStoreIsTheSameWorkUnderTheNewAttempt) {
  KeptResult kept = finished_chunk();
  kept.head.set_residence_ns(1000);
  const KeptResult answer = answer_from(kept, 9);
  EXPECT_EQ(answer.head.attempt(), 9u);
  EXPECT_EQ(answer.head.residence_ns(), 0u) << "this attempt took no time here";
  EXPECT_EQ(answer.head.hash_low(), kept.head.hash_low());
  EXPECT_EQ(answer.head.iterations_executed(), 33u);
  EXPECT_EQ(answer.body.bytes.data(), kept.body.bytes.data());
  EXPECT_EQ(kept.head.attempt(), 3u);
}

TEST(Messages, AFinishedTaskIsEncodedAsWishedUnderTheFingerprintOfItsCounts) {
  const KeptResult raw = finished_chunk(wire::RAW_U32, 1000);
  const KeptResult encoded = finished_chunk(wire::PLANES_LZ4, 1000);
  EXPECT_EQ(raw.head.encoding(), wire::RAW_U32);
  EXPECT_EQ(encoded.head.encoding(), wire::PLANES_LZ4);
  EXPECT_EQ(encoded.body.encoding, wire::PLANES_LZ4);
  EXPECT_LT(encoded.bytes(), raw.bytes());
  EXPECT_GT(encoded.head.encoded_ns(), 0u);
  EXPECT_EQ(encoded.head.computed_ns(), 5u) << "the kernels' time only";
  EXPECT_EQ(encoded.head.hash_low(), raw.head.hash_low());
}

TEST(Messages, TheEncodingsOfASessionAreThoseThatBothKnow) {
  wire::Hello hello;
  EXPECT_TRUE(shared_encodings(hello).empty());
  hello.add_encodings(static_cast<wire::Encoding>(99));
  hello.add_encodings(wire::PLANES_LZ4);
  hello.add_encodings(wire::PLANES_LZ4);
  EXPECT_EQ(shared_encodings(hello), std::vector{wire::PLANES_LZ4});
  const auto shared = shared_encodings(hello);
  EXPECT_EQ(welcome_message(2, {}, {}, 1, shared).welcome().encodings_size(), 1);
}

TEST(Messages, AWorkerGivesTheCreditThatItsOwnerSays) {
  EXPECT_EQ(welcome_message(2, {}, {}, 3, {}).welcome().chunks_max(), 3u);
}

}  // namespace
}  // namespace mandel
