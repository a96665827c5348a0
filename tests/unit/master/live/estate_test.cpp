// How a sentence names chunks: page/picture.js reads them out of it again.
#include "master/live/estate.h"

#include <gtest/gtest.h>
#include <vector>

namespace mandel {
namespace {

std::string named(const std::vector<ChunkId>& chunks) { return name_chunks(chunks); }

TEST(Estate, NamesChunksInFewWords) {
  EXPECT_EQ(named({7}), "chunk 7");
  EXPECT_EQ(named({3, 4}), "chunks 3 and 4");
  EXPECT_EQ(named({3, 4, 9}), "chunks 3, 4 and 9");
  EXPECT_EQ(named({3, 4, 5, 6, 7, 8}), "chunks 3 to 8");
  EXPECT_EQ(named({1, 3, 4, 5, 9}), "chunks 1, 3 to 5 and 9");
  EXPECT_EQ(named({1, 3, 5, 7, 9, 11, 12, 13, 20}), "chunks 1, 3, 5, 7, 9, 11 to 13 and 1 more");
  EXPECT_EQ(named({1, 3, 5, 7, 9, 11}), "chunks 1, 3, 5, 7, 9 and 11");
}

std::string letter(WorkerId worker) { return {static_cast<char>('a' + worker)}; }

TEST(Estate, SaysWhoGoesOnWithWhat) {
  Estate estate{.said = "a has left"};
  EXPECT_EQ(in_words(estate, letter), "a has left.");
  estate.heirs = {{3, 1}, {5, 2}, {7, 1}, {8, kNobody}};
  EXPECT_EQ(in_words(estate, letter),
            "a has left. Its chunks 3 and 7 go on at b; chunk 5 goes on at c; chunk 8 waits for "
            "another.");
  estate.heirs.clear();
  estate.revoked = 2;
  EXPECT_EQ(in_words(estate, letter), "a has left. 2 chunks of it are computed again.");
}

TEST(Estate, StaysShortWhateverItsHeirs) {
  Estate estate{.said = "a has left"};
  for (ChunkId chunk = 0; chunk < 1000; ++chunk) estate.heirs[2 * chunk] = 1 + chunk % 20;
  const std::string text = in_words(estate, letter);
  EXPECT_LT(text.size(), 400u) << text;
  EXPECT_NE(text.find("chunks 0, 40, 80, 120, 160, 200 and 44 more go on at b; "),
            std::string::npos)
      << text;
  EXPECT_TRUE(text.ends_with("; 800 more at others.")) << text;
}

}  // namespace
}  // namespace mandel
