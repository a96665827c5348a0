// How many chunks there are: as asked for as long as that is possible, else with a remark.
#include "master/chunks/chunk_count.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

TEST(ChunkCount, KeepsWhatWasAskedWithinWhatIsPossible) {
  EXPECT_EQ(chunk_count(256, 500, 500).chunks, 256u);
  EXPECT_TRUE(chunk_count(256, 500, 500).remark.empty());
  const ChunkCount capped = chunk_count(1000, 500, 500);
  EXPECT_EQ(capped.chunks, 500u);
  EXPECT_NE(capped.remark.find("only 500 rows"), std::string::npos);
  const ChunkCount raised = chunk_count(1, 40'000, 40'000);
  EXPECT_EQ(raised.chunks, 192u);
  EXPECT_NE(raised.remark.find("32 MiB"), std::string::npos);
}

TEST(ChunkCount, ByDefaultFollowsTheSizeOfThePicture) {
  EXPECT_EQ(chunk_count({}, 500, 500).chunks, 31u);
  EXPECT_EQ(chunk_count({}, 2000, 2000).chunks, 64u);
  EXPECT_EQ(chunk_count({}, 500, 5).chunks, 5u);
  EXPECT_EQ(chunk_count({}, 500, 500, true).chunks, 64u) << "rows that are dear";
  EXPECT_EQ(chunk_count({}, 500, 48, true).chunks, 48u);
  EXPECT_TRUE(chunk_count({}, 500, 5).remark.empty()) << "nobody asked for 64";
  EXPECT_EQ(chunk_count({}, 40'000, 40'000).chunks, 1525u);
}

}  // namespace
}  // namespace mandel
