// What is known of a picture by the lines that have come of it.
#include "master/lines/tally.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

// Of 20 rows of 10 counts below 100 each.
constexpr std::uint32_t kTallyChunks = 20;

ResultLine row(ChunkId chunk, std::uint64_t sum = 5) {
  return {.chunk = {{View{0, 0, 1, 1, 10, 20}, 100}, kTallyChunks, chunk, {chunk, 1}},
          .print = {sum, chunk, 0},
          .computed_ms = 2,
          .host = "desk1",
          .kernel = "scalar",
          .counts = {}};
}

std::string problem_of(const tl::expected<bool, Unfinished>& added, int exit_code) {
  if (added) return "none";
  EXPECT_EQ(added.error().exit_code, exit_code);
  return added.error().problem;
}

TEST(Tally, AddsUpWhatComesInAnyOrderAndOnlyOnce) {
  Tally tally(row(7).chunk);
  for (ChunkId k = 0; k < kTallyChunks; ++k) EXPECT_EQ(tally.add(row(k * 7 % kTallyChunks)), true);
  EXPECT_EQ(tally.add(row(3)), false);
  EXPECT_TRUE(tally.check_whole());
  EXPECT_EQ(tally.sum(), 100u);
  EXPECT_EQ(tally.table(),
            " chunks | computing s | host\n"
            "     20 |      0.0400 | desk1 (scalar)\n");
}

TEST(Tally, NamesWhatIsMissing) {
  Tally tally(row(1).chunk);
  for (const ChunkId k : {1, 2, 3, 5, 9, 18}) EXPECT_TRUE(tally.add(row(k)));
  const auto whole = tally.check_whole();
  ASSERT_FALSE(whole);
  EXPECT_EQ(whole.error().exit_code, 3);
  EXPECT_EQ(whole.error().problem, "14 of 20 chunks are missing: 0, 4, 6 to 8, 10 to 17, 19");
}

TEST(Tally, NamesTheFirstOfManyThatAreMissing) {
  ResultLine line = row(0);
  line.chunk.job.grid = View{0, 0, 1, 1, 10, 1000};
  line.chunk.chunks = 1000;
  Tally tally(line.chunk);
  for (ChunkId k = 1; k < 1000; k += 2) {
    line.chunk.chunk = k;
    line.chunk.band = {k, 1};
    EXPECT_TRUE(tally.add(line));
  }
  const std::string problem = tally.check_whole().error().problem;
  EXPECT_EQ(problem,
            "500 of 1000 chunks are missing: 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, and others");
}

TEST(Tally, RefusesTwoResultsOfAChunkThatDiffer) {
  Tally tally(row(0).chunk);
  EXPECT_TRUE(tally.add(row(4)));
  EXPECT_NE(problem_of(tally.add(row(4, 6)), 3).find("other counts for chunk 4"),
            std::string::npos);
  ResultLine same_sum = row(4);
  same_sum.print.hash_high = 1;
  EXPECT_NE(problem_of(tally.add(same_sum), 3).find("hashes differ"), std::string::npos);
}

TEST(Tally, RefusesWhatIsOfAnotherPicture) {
  Tally tally(row(0).chunk);
  EXPECT_TRUE(tally.add(row(0)));
  ResultLine other = row(1);
  other.chunk.job.max_iter = 101;
  EXPECT_EQ(problem_of(tally.add(other), 2), "is of another picture than those before");
  other = row(1);
  other.chunk.chunks = 10;
  other.chunk.band = {2, 2};
  EXPECT_EQ(problem_of(tally.add(other), 2),
            "is of a picture in 10 chunks, those before of one in 20");
  other = row(1);
  other.chunk.band = {1, 2};
  EXPECT_NE(problem_of(tally.add(other), 2).find("no way to cut 20 rows"), std::string::npos);
}

TEST(Tally, RefusesACutThatCanNotBeInItsFirstLineToo) {
  for (const std::uint32_t chunks : {0u, 21u, UINT32_MAX}) {
    ResultLine line = row(0);
    line.chunk.chunks = chunks;
    EXPECT_NE(problem_of(Tally(line.chunk).add(line), 2).find("no way to cut"), std::string::npos);
  }
}

// Ten counts of 99 at most: so no sum of sums is too large for its type.
TEST(Tally, RefusesASumThatCanNotBe) {
  Tally tally(row(0).chunk);
  EXPECT_TRUE(tally.add(row(0, 990)));
  EXPECT_NE(problem_of(tally.add(row(1, 991)), 3).find("can't be more than 990"),
            std::string::npos);
}

}  // namespace
}  // namespace mandel
