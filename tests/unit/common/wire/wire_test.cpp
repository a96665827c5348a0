// What a peer may send is legal and bounded, or it is refused; versions find the newest in common.
#include "common/wire/wire.h"

#include <gtest/gtest.h>
#include <random>

namespace mandel {
namespace {

FromPeer<wire::Envelope> decode_bytes(const std::string& bytes, bool has_body = false) {
  return decode(std::as_bytes(std::span(bytes)), has_body);
}

wire::Envelope task_envelope() {
  wire::Envelope envelope;
  envelope.mutable_task()->set_job(7);
  envelope.mutable_task()->set_rows(3);
  return envelope;
}

TEST(Wire, AMessageSurvivesTheRoundTrip) {
  const auto envelope = decode_bytes(encode(task_envelope()));
  ASSERT_TRUE(envelope);
  EXPECT_EQ(envelope->task().job(), 7u);
  EXPECT_EQ(envelope->task().rows(), 3u);
}

TEST(Wire, ABodyBelongsToAResultAndToNothingElse) {
  wire::Envelope result;
  result.mutable_result();
  EXPECT_TRUE(decode_bytes(encode(result), true));
  EXPECT_FALSE(decode_bytes(encode(result), false));
  EXPECT_FALSE(decode_bytes(encode(task_envelope()), true));
}

TEST(Wire, NothingUnknownEmptyOrOversizedPasses) {
  EXPECT_FALSE(decode_bytes(""));
  EXPECT_FALSE(decode_bytes(std::string(kHeadBytesMax + 1, '\0')));
  EXPECT_FALSE(decode_bytes("\xff\xff\xff\xff"));
  const std::string whole = encode(task_envelope());
  EXPECT_FALSE(decode_bytes(whole.substr(0, whole.size() - 1)));
}

TEST(Wire, RandomBytesNeverCrashTheDecoder) {
  std::mt19937 random(1);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 64, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    (void)decode_bytes(bytes, round % 2 == 0);
  }
}

TEST(Wire, JobsOfAllGridsSurviveTheRoundTripBitForBit) {
  for (const Job& job : {Job{TutorialGrid{1001}, 500},
                         Job{View{-0.743643887037151, 5e-324, 1e-9, 2e-9, 7, 9}, 20000},
                         Job{DeepView{"-1.25", "1e-400", "7.5e-431", "7.5e-431", 7, 9}, 20000}}) {
    const auto back = job_of(open_job(5, job));
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, job);
  }
}

TEST(Wire, AJobFromAPeerIsCheckedLikeOneFromTheCommandLine) {
  wire::OpenJob no_grid;
  EXPECT_FALSE(job_of(no_grid));
  wire::OpenJob huge = open_job(1, {TutorialGrid{1000}, 1000});
  huge.set_tutorial_size(kSideMax + 1);
  EXPECT_FALSE(job_of(huge));
  wire::OpenJob deep = open_job(1, {DeepView{"0", "0", "1e-30", "1e-30", 4, 4}, 100});
  EXPECT_TRUE(job_of(deep));
  deep.mutable_deep()->set_re("0.50");
  EXPECT_FALSE(job_of(deep)) << "equal views must be equal texts";
}

TEST(Wire, VersionsMeetAtTheHighestCommonOneOrSayWhoIsOlder) {
  const auto negotiated = [](std::uint32_t min, std::uint32_t max) {
    wire::Hello hello;
    hello.set_protocol_min(min);
    hello.set_protocol_max(max);
    return negotiate(hello);
  };
  EXPECT_EQ(negotiated(kProtocolMin, kProtocolMax + 5), kProtocolMax);
  const auto newer = negotiated(kProtocolMax + 1, kProtocolMax + 1);
  ASSERT_FALSE(newer);
  EXPECT_NE(newer.error().what.find("mandel-worker is the older one"), std::string::npos);
  const auto older = negotiated(0, kProtocolMin - 1);
  ASSERT_FALSE(older);
  EXPECT_NE(older.error().what.find("mandel-master is the older one"), std::string::npos);
  EXPECT_FALSE(negotiated(kProtocolMax, kProtocolMin - 1)) << "a range from high to low";
}

TEST(Wire, AVersionGapNamesBothRangesWhoeverAsks) {
  EXPECT_EQ(version_gap({2, 4}, {4, 6}), "");
  EXPECT_EQ(version_gap({2, 4}, {1, 2}), "");
  EXPECT_NE(version_gap({2, 2}, {3, 5}).find("the master speaks 2, the worker 3 to 5"),
            std::string::npos);
}

}  // namespace
}  // namespace mandel
