// Chunks come in any order, on the loop's thread, and leave in order, on the writer's.
#include "master/results/writer.h"

#include <gtest/gtest.h>

#include "tests/unit/master/sinks/picture.h"

namespace mandel {
namespace {

using namespace picture;

class WriterTest : public testing::Test {
 protected:
  // Waits on the wakeup, as the loop does.
  template <typename Condition>
  bool eventually(Condition condition) {
    for (int turn = 0; turn < 1000 && !condition(); ++turn) {
      Sleeper sleeper;
      wakeup_.watch(sleeper);
      sleeper.sleep(20 * kMillisecond);
      wakeup_.clear();
    }
    return condition();
  }
  static void put(Writer& writer, std::initializer_list<ChunkId> chunks) {
    for (const ChunkId chunk : chunks) writer.put(chunk, counts(chunk), print(chunk));
  }
  // Chunks freed since the first call.
  std::uint32_t freed(Writer& writer) { return freed_ += writer.take_freed(); }

  const TempFolder folder_;
  Log log_;
  Wakeup wakeup_;
  std::uint32_t freed_ = 0;
};

TEST_F(WriterTest, PutsChunksInOrderWhateverOrderTheyComeIn) {
  Writer writer(config(log_), wakeup_);
  EXPECT_TRUE(writer.is_idle());
  put(writer, {2, 0, 3});
  EXPECT_TRUE(eventually([&] { return freed(writer) == 1; }));
  EXPECT_FALSE(writer.is_idle()) << "2 and 3 wait for 1";
  put(writer, {1});
  EXPECT_TRUE(eventually([&] { return writer.is_idle(); }));
  EXPECT_EQ(freed(writer), 4u);
  EXPECT_TRUE(writer.finish());
  EXPECT_EQ(log_.values, all());
  EXPECT_TRUE(log_.is_finished);
}

TEST_F(WriterTest, TellsHowFarTheSinksAre) {
  Writer writer(config(log_), wakeup_);
  EXPECT_EQ(writer.written().value().chunks, 0u);
  put(writer, {0, 1, 3});
  EXPECT_TRUE(eventually([&] { return writer.written()->chunks == 2; }));
  EXPECT_EQ(writer.written()->rows, 4u);
  EXPECT_GT(writer.written()->took, 0);
  Assembly::Config late = kept(folder_, log_);
  late.hold_back = true;
  EXPECT_FALSE(Writer(std::move(late), wakeup_).written()) << "it gets nothing before the end";
}

TEST_F(WriterTest, TheRestTakesAsLongForEachRow) {
  EXPECT_EQ((Writer::Written{0, 0, 0}).time_for_rest(100), 0);
  EXPECT_EQ((Writer::Written{3, 25, 10 * kSecond}).time_for_rest(100), 30 * kSecond);
  EXPECT_EQ((Writer::Written{9, 100, 10 * kSecond}).time_for_rest(100), 0);
}

TEST_F(WriterTest, IsIdleWithAStoreAsSoonAsEverythingIsStored) {
  Writer writer(kept(folder_, log_), wakeup_);
  put(writer, {3, 2});
  EXPECT_TRUE(eventually([&] { return writer.is_idle() && freed(writer) == 2; }));
  put(writer, {1, 0});
  EXPECT_TRUE(writer.finish()) << "without waiting before";
  EXPECT_EQ(log_.values, all());
  EXPECT_EQ(folder_.count(), 1);
}

TEST_F(WriterTest, GoesOnWithWhatAnotherLeft) {
  {
    Writer writer(kept(folder_, log_), wakeup_);
    put(writer, {1, 0});
  }
  Log log;
  Writer next(found(folder_, log), wakeup_);
  EXPECT_TRUE(next.is_idle()) << "nothing was put";
  put(next, {2, 3});
  EXPECT_TRUE(next.finish());
  EXPECT_EQ(log.values, all());
}

TEST_F(WriterTest, StoresWhatCameBeforeItLeaves) {
  {
    Writer writer(kept(folder_, log_), wakeup_);
    put(writer, {0, 1, 3});
    EXPECT_TRUE(writer.leave());
  }
  EXPECT_EQ(found(folder_, log_).done.size(), 3u);
}

TEST_F(WriterTest, RevokedAndPutAgainTheLastCountsStand) {
  Writer::Config held = kept(folder_, log_);
  held.hold_back = true;
  Writer writer(std::move(held), wakeup_);
  writer.put(2, counts(7), print(7));
  writer.revoke(2);
  put(writer, {2, 1, 0, 3});
  EXPECT_TRUE(eventually([&] { return writer.is_idle() && freed(writer) == 5; }));
  EXPECT_TRUE(writer.finish());
  EXPECT_EQ(log_.values, all());
}

TEST_F(WriterTest, GivenUpFreesWhatWaitsAndWhatComes) {
  Writer writer(config(log_), wakeup_);
  put(writer, {1, 2});
  writer.give_up();
  put(writer, {3});
  EXPECT_TRUE(eventually([&] { return writer.is_idle() && freed(writer) == 3; }));
  EXPECT_FALSE(writer.leave());
  EXPECT_TRUE(log_.values.empty());
}

TEST_F(WriterTest, AnErrorOfASinkIsTold) {
  Writer writer(config(log_, values(1)[0]), wakeup_);
  put(writer, {0, 1, 2, 3});
  EXPECT_TRUE(eventually([&] { return writer.error().has_value(); }));
  EXPECT_EQ(writer.error()->what, "disk full");
  EXPECT_FALSE(writer.finish());
}

TEST_F(WriterTest, IsGoneAtOnceWhenChunksAreMissing) {
  {
    Writer writer(config(log_), wakeup_);
    put(writer, {1});
  }
  EXPECT_FALSE(log_.is_finished);
}

}  // namespace
}  // namespace mandel
