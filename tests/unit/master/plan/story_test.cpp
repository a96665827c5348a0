// The log of chunks forgets the oldest, but nothing of the chunk that is explained.
#include "master/plan/story.h"

#include <gtest/gtest.h>
#include <set>

namespace mandel {
namespace {

using Kind = Transition::Kind;

TEST(Story, TellsOneChunksLifeOldestFirst) {
  Story story;
  story.add({1, 5, Kind::kGranted, 2});
  story.add({2, 6, Kind::kGranted, 2});
  story.add({3, 5, Kind::kAccepted, {}});
  const auto life = story.of(5);
  ASSERT_EQ(life.size(), 2u);
  EXPECT_EQ(life[0].kind, Kind::kGranted);
  EXPECT_EQ(life[0].session, SessionId{2});
  EXPECT_EQ(life[1].at, 3);
  EXPECT_TRUE(story.of(7).empty());
  EXPECT_FALSE(story.has_forgotten());
}

TEST(Story, ForgetsTheOldestWhenItIsFull) {
  Story story;
  for (std::size_t n = 0; n <= Story::kEntriesMax; ++n)
    story.add({static_cast<Nanoseconds>(n), static_cast<ChunkId>(n % 2), Kind::kGranted, {}});
  EXPECT_TRUE(story.has_forgotten());
  EXPECT_EQ(story.of(0).size() + story.of(1).size(), Story::kEntriesMax);
  EXPECT_EQ(story.of(0).front().at, 2);
}

TEST(Story, OfOneChunkKeepsThatOneThroughAllTheOthers) {
  Story story(5);
  story.add({1, 5, Kind::kGranted, 2});
  for (std::size_t n = 0; n <= Story::kEntriesMax; ++n) story.add({2, 6, Kind::kGranted, {}});
  EXPECT_EQ(story.of(5).size(), 1u);
  EXPECT_TRUE(story.of(6).empty());
}

TEST(Story, HasDifferentWordsForEverything) {
  std::set<std::string> words;
  const auto kinds = static_cast<int>(Kind::kSetAside) + 1;
  for (int kind = 0; kind < kinds; ++kind) words.insert(in_words(static_cast<Kind>(kind)));
  EXPECT_EQ(words.size(), static_cast<std::size_t>(kinds));
}

}  // namespace
}  // namespace mandel
