// Finished results outlive a session, but never more of them than memory allows.
#include "worker/results.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

const Job kSmallJob{TutorialGrid{100}, 50};
constexpr std::uint64_t kJobId = 7;

// Of row `chunk`, 25 counts.
KeptResult result(std::uint32_t chunk, std::uint32_t attempt = 1, std::uint64_t id = kJobId) {
  const auto counts = std::make_shared<const std::vector<std::uint32_t>>(25);
  KeptResult result{
      kSmallJob, chunk, 1, {}, {wire::RAW_U32, counts, std::as_bytes(std::span(*counts))}};
  result.head.set_job(id);
  result.head.set_chunk(chunk);
  result.head.set_attempt(attempt);
  return result;
}

std::vector<std::uint32_t> chunks_of(const std::vector<const KeptResult*>& results) {
  std::vector<std::uint32_t> chunks;
  for (const KeptResult* one : results) chunks.push_back(one->head.chunk());
  return chunks;
}

using Chunks = std::vector<std::uint32_t>;

class KeptResultsTest : public testing::Test {
 protected:
  const KeptResult* find(std::uint32_t chunk) {
    return kept_.find({kJobId, chunk}, kSmallJob, chunk, 1);
  }
  Chunks chunks() const { return chunks_of(kept_.of_job(kJobId, kSmallJob)); }

  KeptResults kept_{{.bytes = 350, .results = 5, .age = 100}};
};

TEST_F(KeptResultsTest, AResultIsThereUntilItIsAcknowledged) {
  kept_.keep(result(3, 2), 0);
  ASSERT_NE(find(3), nullptr);
  EXPECT_EQ(find(3)->head.attempt(), 2u);
  EXPECT_EQ(find(4), nullptr);
  kept_.forget({kJobId, 4});  // never was here
  kept_.forget({kJobId, 3});
  EXPECT_EQ(find(3), nullptr);
  EXPECT_EQ(kept_.bytes(), 0u);
}

TEST_F(KeptResultsTest, ItsCountsAreSharedNotCopied) {
  const KeptResult original = result(1);
  kept_.keep(original, 0);
  EXPECT_EQ(find(1)->body.bytes.data(), original.body.bytes.data());
  EXPECT_EQ(original.body.owner.use_count(), 2);
  kept_.forget({kJobId, 1});
  EXPECT_EQ(original.body.owner.use_count(), 1);
}

TEST_F(KeptResultsTest, ANewSessionOfTheJobGetsAllOfItAndNothingElse) {
  kept_.keep(result(2), 0);
  kept_.keep(result(1), 0);
  kept_.keep(result(0, 1, kJobId + 1), 0);
  EXPECT_EQ(chunks(), (Chunks{1, 2}));
  EXPECT_EQ(chunks_of(kept_.of_job(kJobId + 1, kSmallJob)), Chunks{0});
  EXPECT_TRUE(kept_.of_job(kJobId + 2, kSmallJob).empty());
}

TEST_F(KeptResultsTest, AJobsNumberAloneIsNotBelieved) {
  kept_.keep(result(1), 0);
  EXPECT_TRUE(kept_.of_job(kJobId, {TutorialGrid{100}, 51}).empty());
  EXPECT_TRUE(kept_.of_job(kJobId, {TutorialGrid{101}, 50}).empty());
  EXPECT_EQ(kept_.find({kJobId, 1}, {TutorialGrid{100}, 51}, 1, 1), nullptr);
  EXPECT_EQ(find(1), nullptr) << "what goes by a wrong name is forgotten";
}

TEST_F(KeptResultsTest, NorIsAChunksNumberWhenItsRowsAreOthers) {
  kept_.keep(result(1), 0);
  EXPECT_EQ(kept_.find({kJobId, 1}, kSmallJob, 0, 1), nullptr);
  EXPECT_EQ(kept_.count(), 0u);
  kept_.keep(result(1), 0);
  EXPECT_EQ(kept_.find({kJobId, 1}, kSmallJob, 1, 2), nullptr);
  EXPECT_EQ(kept_.count(), 0u);
}

TEST_F(KeptResultsTest, ALaterResultOfTheChunkTakesTheEarlierOnesPlace) {
  kept_.keep(result(1, 1), 0);
  kept_.keep(result(1, 2), 50);
  EXPECT_EQ(kept_.count(), 1u);
  EXPECT_EQ(kept_.bytes(), 100u);
  EXPECT_EQ(find(1)->head.attempt(), 2u);
  kept_.expire(101);
  EXPECT_NE(find(1), nullptr) << "its time began anew";
}

TEST_F(KeptResultsTest, TheOldestMakeRoom) {
  for (std::uint32_t chunk : {5, 1, 4, 2}) kept_.keep(result(chunk), 0);
  EXPECT_EQ(chunks(), (Chunks{1, 2, 4}));
  EXPECT_EQ(kept_.bytes(), 300u);
}

TEST_F(KeptResultsTest, SmallOnesHaveABoundToo) {
  for (std::uint32_t chunk = 0; chunk < 6; ++chunk) {
    KeptResult small = result(chunk);
    small.body.bytes = small.body.bytes.first(4);
    kept_.keep(small, 0);
  }
  EXPECT_EQ(kept_.count(), 5u);
  EXPECT_EQ(find(0), nullptr);
}

TEST_F(KeptResultsTest, OneThatIsTooLargeIsNotKept) {
  const std::vector<std::byte> bytes(400);
  KeptResult large = result(1);
  large.body.bytes = bytes;
  kept_.keep(large, 0);
  EXPECT_EQ(kept_.count(), 0u);
  EXPECT_EQ(kept_.bytes(), 0u);
}

TEST_F(KeptResultsTest, NobodyWaitsForEver) {
  kept_.keep(result(1), 0);
  kept_.keep(result(2), 60);
  kept_.expire(100);
  EXPECT_EQ(chunks(), (Chunks{1, 2}));
  kept_.expire(101);
  EXPECT_EQ(chunks(), Chunks{2});
  kept_.expire(1000);
  EXPECT_EQ(kept_.count(), 0u);
}

TEST_F(KeptResultsTest, AJobThatIsOverIsForgottenWhole) {
  kept_.keep(result(1), 0);
  kept_.keep(result(2), 0);
  kept_.keep(result(1, 1, kJobId + 1), 0);
  kept_.forget_job(kJobId);
  EXPECT_TRUE(chunks().empty());
  EXPECT_EQ(kept_.count(), 1u);
  EXPECT_EQ(kept_.bytes(), 100u);
}

}  // namespace
}  // namespace mandel
