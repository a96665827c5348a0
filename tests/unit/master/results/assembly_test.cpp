// Where counts go until the outputs are whole, and what the next master finds if this one dies.
#include "master/results/assembly.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/master/sinks/picture.h"

namespace mandel {
namespace {

using namespace picture;

class AssemblyTest : public testing::Test {
 protected:
  static void put(Assembly& assembly, std::initializer_list<ChunkId> chunks) {
    for (const ChunkId chunk : chunks)
      ASSERT_TRUE(assembly.put(chunk, counts(chunk), print(chunk)));
  }
  static void feed_all(Assembly& assembly) {
    while (assembly.can_feed()) ASSERT_TRUE(assembly.feed());
  }

  const TempFolder folder_;
  Log log_;
};

TEST_F(AssemblyTest, WithoutAStoreChunksWaitForTheirTurnInMemory) {
  Assembly assembly(config(log_));
  put(assembly, {2, 1});
  EXPECT_FALSE(assembly.can_feed());
  EXPECT_EQ(assembly.take_freed(), 0u);
  EXPECT_TRUE(assembly.has_waiting());
  put(assembly, {0, 3});
  feed_all(assembly);
  EXPECT_EQ(assembly.take_freed(), 4u);
  EXPECT_FALSE(assembly.has_waiting());
  EXPECT_TRUE(assembly.finish());
  EXPECT_EQ(log_.values, all());
  EXPECT_TRUE(log_.is_finished);
}

// Chunks are numbered as they were cut, and sinks want them from top to bottom.
TEST_F(AssemblyTest, TheRestIsCutLaterAndLiesAboveAndBelow) {
  const Opening opening{3, 1, 1, 2};  // row 3; rows 4 and 5
  const auto whole = all();
  const auto rows = [&](std::uint32_t first, std::uint32_t number) {
    return std::vector(whole.begin() + first * 3, whole.begin() + (first + number) * 3);
  };
  for (const bool has_store : {false, true}) {
    SCOPED_TRACE(has_store);
    log_ = {};
    Assembly::Config config = has_store ? kept(folder_, log_) : mandel::picture::config(log_);
    config.chunking = Chunking(kSize.rows, opening, 0);
    Assembly assembly(std::move(config));
    const auto put_rows = [&](ChunkId chunk, std::uint32_t first, std::uint32_t number) {
      const auto values = rows(first, number);
      ASSERT_TRUE(assembly.put(chunk, counts(values), fingerprint(values)));
    };
    put_rows(1, 4, 2);
    put_rows(0, 3, 1);
    EXPECT_FALSE(assembly.can_feed()) << "what is above is not cut yet";
    ASSERT_TRUE(assembly.cut_rest(3));
    put_rows(3, 2, 1);
    EXPECT_FALSE(assembly.can_feed());
    put_rows(2, 0, 2);
    feed_all(assembly);
    EXPECT_EQ(log_.values, rows(0, 6));
    put_rows(4, 6, 2);
    std::vector<std::uint32_t> told;
    EXPECT_TRUE(assembly.finish([&](std::uint32_t written) {
      told.push_back(written);
      return true;
    }));
    using Told = std::vector<std::uint32_t>;
    EXPECT_EQ(told, has_store ? (Told{1, 2, 3, 4, 5}) : Told{5}) << "it is read again";
    EXPECT_EQ(log_.values, whole);
  }
}

TEST_F(AssemblyTest, WithAStoreChunksLeaveMemoryAtOnce) {
  Assembly assembly(kept(folder_, log_));
  put(assembly, {2, 1});
  EXPECT_EQ(assembly.take_freed(), 2u);
  EXPECT_FALSE(assembly.has_waiting());
  EXPECT_FALSE(assembly.can_feed());
  put(assembly, {0});
  feed_all(assembly);
  EXPECT_EQ(log_.values.size(), 3 * kPixels);
  put(assembly, {3});
  std::vector<std::uint32_t> told;
  EXPECT_TRUE(assembly.finish([&](std::uint32_t written) {
    told.push_back(written);
    return true;
  })) << "feeds what is left";
  EXPECT_EQ(told, (std::vector<std::uint32_t>{1, 2, 3, 4})) << "what is delivered is read again";
  EXPECT_EQ(assembly.take_freed(), 2u);
  EXPECT_EQ(log_.values, all());
  EXPECT_EQ(bytes_of(folder_.path("a.raw")),
            std::string(reinterpret_cast<const char*>(all().data()), all().size() * 4));
  EXPECT_EQ(folder_.count(), 1) << "neither journal nor partial file";
}

TEST_F(AssemblyTest, SinksHearWhetherTheJobMayGoOn) {
  EXPECT_FALSE(Assembly(kept(folder_, log_)).leave());
  EXPECT_EQ(log_.may_go_on, false) << "nothing is done";
  Assembly assembly(kept(folder_, log_));
  put(assembly, {3});
  EXPECT_TRUE(assembly.leave());
  EXPECT_EQ(log_.may_go_on, true);
}

TEST_F(AssemblyTest, AnotherGoesOnWithWhatOneLeft) {
  {
    Assembly assembly(kept(folder_, log_));
    put(assembly, {3, 0});
    EXPECT_TRUE(assembly.leave());
  }
  EXPECT_FALSE(folder_.has("a.raw"));
  Log log;
  Assembly assembly(found(folder_, log));
  feed_all(assembly);
  EXPECT_EQ(log.values, values(0)) << "before anything is put";
  put(assembly, {2, 1});
  EXPECT_EQ(assembly.take_freed(), 2u) << "only those that were put count";
  EXPECT_TRUE(assembly.finish());
  EXPECT_EQ(log.values, all());
  EXPECT_EQ(folder_.count(), 1);
}

TEST_F(AssemblyTest, AMasterThatDiedWithoutAWordLeavesWhatItHadDone) {
  const pid_t master = fork();
  if (master == 0) {
    Assembly assembly(kept(folder_, log_));
    put(assembly, {1, 3});
    _exit(0);  // no destructor, no flush
  }
  ASSERT_EQ(waitpid(master, nullptr, 0), master);
  Assembly assembly(found(folder_, log_));
  put(assembly, {0, 2});
  EXPECT_TRUE(assembly.finish());
  EXPECT_EQ(log_.values, all());
  EXPECT_EQ(folder_.count(), 1);
}

TEST_F(AssemblyTest, LeavesNothingWhereNothingWasDone) {
  {
    const Assembly assembly(kept(folder_, log_));
  }
  EXPECT_EQ(folder_.count(), 0);
}

TEST_F(AssemblyTest, LeavesNothingWithoutAJournal) {
  Assembly::Config no_journal = config(log_);
  no_journal.store = *Store::create(header(folder_).store, kSize);
  {
    Assembly assembly(std::move(no_journal));
    put(assembly, {0});
  }
  EXPECT_EQ(folder_.count(), 0);
}

TEST_F(AssemblyTest, LeavesNothingWhereNobodyIsToGoOn) {
  Assembly assembly(kept(folder_, log_));
  put(assembly, {0});
  assembly.drop();
  EXPECT_EQ(log_.may_go_on, false);
  EXPECT_EQ(folder_.count(), 0);
}

TEST_F(AssemblyTest, AJournalThatGoesOnStaysEvenIfNothingWasAdded) {
  {
    Assembly assembly(kept(folder_, log_));
    put(assembly, {0});
  }
  Assembly::Config lost = found(folder_, log_);
  lost.done.clear();  // the store's disk is not there today
  {
    const Assembly assembly(std::move(lost));
  }
  EXPECT_TRUE(folder_.has("a.raw.journal"));
  EXPECT_TRUE(folder_.has("a.raw.part"));
}

TEST_F(AssemblyTest, HeldBackChunksReachNoSinkBeforeTheEndAndMayBeRevoked) {
  Assembly::Config held = kept(folder_, log_);
  held.hold_back = true;
  Assembly assembly(std::move(held));
  ASSERT_TRUE(assembly.put(0, counts(std::vector<std::uint32_t>(kPixels, 999)),
                           fingerprint(std::vector<std::uint32_t>(kPixels, 999))));
  EXPECT_FALSE(assembly.can_feed());
  EXPECT_TRUE(assembly.revoke(0));
  put(assembly, {1, 2, 3, 0});
  EXPECT_EQ(assembly.take_freed(), 5u);
  EXPECT_TRUE(log_.values.empty());
  EXPECT_TRUE(assembly.finish());
  EXPECT_EQ(log_.values, all());
}

TEST_F(AssemblyTest, ARevokedChunkIsNotDoneForTheNextMaster) {
  {
    Assembly::Config held = kept(folder_, log_);
    held.hold_back = true;
    Assembly assembly(std::move(held));
    put(assembly, {0, 1});
    EXPECT_TRUE(assembly.revoke(1));
  }
  const Assembly::Config next = found(folder_, log_);
  EXPECT_EQ(next.done.size(), 1u);
  std::vector<std::uint32_t> back(kPixels);
  EXPECT_TRUE(next.store->read(next.chunking.band(1), back));
  EXPECT_NE(fingerprint(back), print(1)) << "not even if its record is lost";
}

TEST_F(AssemblyTest, ADiskThatGivesBackOtherCountsIsToldNotBelieved) {
  Assembly assembly(kept(folder_, log_));
  put(assembly, {0});
  std::string bytes = bytes_of(folder_.path("a.raw.part"));
  bytes[5] ^= 1;
  {
    std::fstream file(folder_.path("a.raw.part"), std::ios::in | std::ios::out | std::ios::binary);
    file << bytes;
  }
  ASSERT_TRUE(assembly.can_feed());
  const auto fed = assembly.feed();
  ASSERT_FALSE(fed);
  EXPECT_NE(fed.error().what.find("the disk gives back other counts"), std::string::npos);
  EXPECT_TRUE(log_.values.empty());
}

TEST_F(AssemblyTest, GivenUpWithoutAStoreFreesEverything) {
  Assembly assembly(config(log_));
  put(assembly, {2, 3});
  assembly.give_up();
  EXPECT_EQ(assembly.take_freed(), 2u);
  put(assembly, {0});
  EXPECT_EQ(assembly.take_freed(), 1u);
  EXPECT_FALSE(assembly.can_feed());
}

TEST_F(AssemblyTest, GivenUpWithAStoreKeepsOnKeeping) {
  {
    Assembly assembly(kept(folder_, log_));
    assembly.give_up();
    put(assembly, {0});
    EXPECT_EQ(assembly.take_freed(), 1u);
    EXPECT_FALSE(assembly.can_feed()) << "for whom?";
  }
  EXPECT_EQ(found(folder_, log_).done.size(), 1u);
}

TEST_F(AssemblyTest, AnOutputThatFailsAtTheEndLeavesTheJobToGoOnWith) {
  {
    Assembly assembly(kept(folder_, log_));
    put(assembly, {0, 1, 2, 3});
    std::filesystem::create_directory(folder_.path("a.raw"));
    write_bytes(folder_.path("a.raw/in the way"), "");
    EXPECT_FALSE(assembly.finish());
  }
  std::filesystem::remove_all(folder_.path("a.raw"));
  Log log;
  Assembly assembly(found(folder_, log));
  EXPECT_TRUE(assembly.finish());
  EXPECT_EQ(log.values, all());
  EXPECT_TRUE(folder_.has("a.raw"));
}

// Looks at the whole picture before it takes a row of it.
class LookingSink final : public Sink {
 public:
  bool looks_first() const override { return true; }
  void look(std::span<const std::uint32_t> counts) override {
    EXPECT_TRUE(taken_.empty());
    seen_.insert(seen_.end(), counts.begin(), counts.end());
  }
  Result<void> rows(std::span<const std::uint32_t> counts) override {
    EXPECT_EQ(seen_, all());
    taken_.insert(taken_.end(), counts.begin(), counts.end());
    return {};
  }
  Result<void> finish() override {
    EXPECT_EQ(taken_, all());
    return {};
  }

 private:
  std::vector<std::uint32_t> seen_, taken_;
};

TEST_F(AssemblyTest, ASinkThatLooksFirstSeesTheWholePictureInOrder) {
  Assembly::Config held = kept(folder_, log_);
  held.sinks.push_back(std::make_unique<LookingSink>());
  held.hold_back = true;
  Assembly assembly(std::move(held));
  put(assembly, {2, 1, 3, 0});
  EXPECT_FALSE(assembly.can_feed());
  EXPECT_TRUE(assembly.finish());
  EXPECT_EQ(log_.values, all()) << "the other one, too";
}

TEST_F(AssemblyTest, LookingFirstCanBeCalledOff) {
  Assembly::Config held = kept(folder_, log_);
  held.sinks.push_back(std::make_unique<LookingSink>());
  held.hold_back = true;
  Assembly assembly(std::move(held));
  put(assembly, {2, 1, 3, 0});
  EXPECT_FALSE(assembly.finish([](std::uint32_t) { return false; }));
  EXPECT_TRUE(log_.values.empty());
  EXPECT_TRUE(assembly.leave()) << "to go on with";
}

}  // namespace
}  // namespace mandel
