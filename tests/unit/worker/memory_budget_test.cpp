// Who does not read gets a bounded part of the memory, whatever it says, and others find room.
#include "worker/memory_budget.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

constexpr std::size_t kLimit = 1'000'000;
constexpr std::size_t kChunk = 10'000;

class MemoryBudgetTest : public testing::Test {
 protected:
  // Counts that were computed for the peer, and are on their way to it.
  struct Result {
    MemoryBudget::Receipt counts;
    MemoryBudget::Receipt message;
  };
  // As many as it may have, all of which it leaves lying.
  std::size_t fill(const std::string& peer) {
    std::size_t results = 0;
    while (memory_.has_room(peer, 0, kChunk)) {
      unread_[peer].push_back({memory_.hold(kChunk), memory_.send(peer, kChunk)});
      ++results;
    }
    return results;
  }
  std::vector<std::string> stuck(Nanoseconds now) {
    return memory_.stuck(now, [&](const auto& peer) { return sessions_.contains(peer); });
  }

  MemoryBudget memory_{{.bytes = kLimit, .patience = 100, .patience_in_need = 10}};
  std::map<std::string, std::vector<Result>> unread_;
  std::map<std::string, int> sessions_;
};

TEST_F(MemoryBudgetTest, OneThatDoesNotReadGetsANinthOfIt) {
  fill("deaf");
  EXPECT_GE(memory_.bytes(), kLimit / 10);
  EXPECT_LE(memory_.bytes(), kLimit / 9 + kChunk);
  EXPECT_TRUE(memory_.has_room("honest", 0, kChunk));
}

TEST_F(MemoryBudgetTest, WhereManyDoNotReadAnotherFindsRoom) {
  for (int n = 0; n < 20; ++n) fill("deaf " + std::to_string(n));
  EXPECT_LE(memory_.bytes(), kLimit);
  EXPECT_TRUE(memory_.has_room("honest", 0, kChunk));
}

TEST_F(MemoryBudgetTest, NothingGoesBeyondTheLimit) {
  for (int n = 0; n < 300; ++n) fill("deaf " + std::to_string(n));
  EXPECT_LE(memory_.bytes(), kLimit);
}

TEST_F(MemoryBudgetTest, WhatIsInTheLanesCounts) {
  EXPECT_TRUE(memory_.has_room("a", kLimit, kChunk));
  EXPECT_FALSE(memory_.has_room("a", kLimit + 1, kChunk));
  EXPECT_FALSE(memory_.has_room("a", 0, kLimit + 1));
}

TEST_F(MemoryBudgetTest, WhoReadsGetsMore) {
  const std::size_t results = fill("slow");
  unread_["slow"].erase(unread_["slow"].begin());
  EXPECT_TRUE(memory_.has_room("slow", 0, kChunk));
  unread_.clear();
  EXPECT_EQ(memory_.bytes(), 0u);
  EXPECT_EQ(fill("slow"), results);
}

TEST_F(MemoryBudgetTest, AResultThatIsKeptCountsThoughItWasRead) {
  unread_["a"].push_back({memory_.hold(kChunk), memory_.send("a", kChunk)});
  unread_["a"][0].message.reset();
  EXPECT_EQ(memory_.bytes(), kChunk);
  EXPECT_FALSE(memory_.owes("a"));
}

TEST_F(MemoryBudgetTest, WhoTakesNothingForLongIsStuck) {
  sessions_["deaf"] = sessions_["slow"] = sessions_["idle"] = 1;
  fill("deaf");
  for (int n = 0; n < 4; ++n) unread_["slow"].push_back({{}, memory_.send("slow", kChunk)});
  (void)memory_.send("idle", 1);
  for (Nanoseconds now = 1; now <= 101; now += 50) {
    EXPECT_TRUE(stuck(now).empty());
    unread_["slow"].pop_back();
  }
  EXPECT_EQ(stuck(102), std::vector<std::string>{"deaf"});
}

TEST_F(MemoryBudgetTest, ItHasLessTimeWithoutASessionOrWhereOthersWantForRoom) {
  sessions_["deaf"] = 1;
  fill("deaf");
  EXPECT_TRUE(stuck(1).empty());
  EXPECT_TRUE(stuck(12).empty());
  EXPECT_FALSE(memory_.has_room("honest", 0, kLimit));
  EXPECT_EQ(stuck(12), std::vector<std::string>{"deaf"});
  EXPECT_TRUE(stuck(13).empty()) << "nobody has asked since";
  sessions_.clear();
  EXPECT_EQ(stuck(13), std::vector<std::string>{"deaf"});
}

TEST_F(MemoryBudgetTest, WhoHasHungUpIsForgotten) {
  fill("gone");
  EXPECT_TRUE(memory_.owes("gone"));
  unread_.clear();
  EXPECT_FALSE(memory_.owes("gone"));
  EXPECT_TRUE(stuck(1).empty());
  EXPECT_TRUE(stuck(1000).empty());
}

TEST_F(MemoryBudgetTest, AnEncryptedCopyCountsUntilTheNextMessageIsTaken) {
  MemoryBudget memory({.bytes = kLimit, .is_encrypted = true});
  (void)memory.send("a", kChunk);
  EXPECT_GE(memory.bytes(), kChunk);
  (void)memory.send("a", 1);
  EXPECT_LT(memory.bytes(), kChunk);
  memory.stuck(1, [](const auto&) { return false; });
  EXPECT_EQ(memory.bytes(), 0u) << "it has gone, and its copies with it";
}

}  // namespace
}  // namespace mandel
