// Machines that die with everything, that beat and never deliver, that are a thousand times slower
// than the others: sound workers finish the job all the same.
#include <gtest/gtest.h>

#include "tests/unit/master/plan/plan_harness.h"

namespace mandel {
namespace {

// The next process of the worker dies half a second after it has come; so often.
void crash(Stage& stage, WorkerId worker, int times) {
  static SessionId life = 1;
  for (int n = 0; n < times; ++n) {
    const SessionId session = 100 * life++ + worker;
    stage.join(session);
    stage.tick_at(stage.now + kSecond / 2);
    stage.lost(session);
  }
}

// Whatever the session gets, it does at once, until there is nothing more for it in two minutes.
void work(Stage& stage, SessionId session) {
  const Nanoseconds until = stage.now + 120 * kSecond;
  std::set<std::pair<ChunkId, std::uint32_t>> seen;
  for (; stage.now < until && !stage.plan.is_finished(); stage.tick_at(stage.now + kSecond / 2))
    for (std::size_t next = 0; next < stage.grants.size(); ++next) {
      const Grant grant = stage.grants[next];
      if (grant.session != session || !seen.insert({grant.chunk, grant.attempt}).second) continue;
      stage.done(session, grant.chunk);
    }
}

TEST(PlanMachines, OneThatDiesWithEverythingCostsNoChunk) {
  Stage stage({.chunks = 8, .window = kNoWindow});
  crash(stage, 1, 20);
  stage.join(2);
  crash(stage, 1, 20);
  work(stage, 2);
  EXPECT_EQ(stage.plan.chunks_done(), 8u);
}

TEST(PlanMachines, OneChunkThatItDiedWithOverAndOverIsDoneByTheNextWorker) {
  Stage stage({.chunks = 1, .window = kNoWindow});
  stage.join(2);
  stage.lost(2);  // cut off, and expected back
  crash(stage, 1, 20);
  EXPECT_TRUE(stage.plan.set_aside().empty());
  stage.join(102, {1, 16}, 2);
  work(stage, 102);
  EXPECT_EQ(stage.plan.chunks_done(), 1u);
}

TEST(PlanMachines, TwoThatDieAfterSomeResultsCostNoChunk) {
  Stage stage({.chunks = 40, .window = kNoWindow});
  for (SessionId life = 1; life < 9; ++life)
    for (const WorkerId worker : {1u, 2u}) {
      const SessionId session = 100 * life + worker;
      stage.join(session);
      for (std::size_t n = stage.grants.size(); n-- > 0;)
        if (stage.grants[n].session == session &&
            stage.plan.wants(session, stage.grants[n].chunk)) {
          stage.done(session, stage.grants[n].chunk);
          break;
        }
      stage.tick_at(stage.now + kSecond);
      stage.lost(session);
    }
  stage.join(3);
  work(stage, 3);
  EXPECT_EQ(stage.plan.chunks_done(), 40u);
}

TEST(PlanMachines, ItsNextProcessDoesNotGetItsChunkWhileAnotherMayTakeIt) {
  Stage stage({.chunks = 5, .window = kNoWindow});
  stage.join(2);
  stage.join(1);
  const ChunkId chunk = stage.grants.back().chunk;
  stage.lost(1);
  stage.join(101, {1, 1});
  EXPECT_NE(stage.grant_of(chunk).session, 101u);
}

TEST(PlanMachines, OneThatDiesAgainAndAgainRestsAndItIsSaidOnce) {
  Stage stage({.chunks = 1000, .window = kNoWindow});
  std::vector<Action> all;
  for (SessionId life = 1; life < 20; ++life) {
    stage.join(100 * life + 1);
    for (const Action& action : stage.lost(100 * life + 1)) all.push_back(action);
  }
  ASSERT_EQ(only<action::Rest>(all).size(), 1u);
  EXPECT_EQ(only<action::Rest>(all)[0].worker, 1u);
  stage.join(2001);
  EXPECT_EQ(stage.grants_to(2001), 0u);
  EXPECT_FALSE(stage.plan.has_workers()) << "patience counts";
  stage.tick_at(Rests::kMax);
  EXPECT_EQ(stage.grants_to(2001), 1u) << "one chunk, to show what it can";
  stage.done(2001, stage.grants.back().chunk);
  EXPECT_GT(stage.grants_to(2001), 2u);
}

// Its tasks come seconds late, as over a bad link. Each counts as forgotten by then.
TEST(PlanMachines, OneThatComputesWhatItSeemedToHaveForgottenIsWaitedFor) {
  Stage stage({.chunks = 1, .window = 1});
  stage.join(1, {1, 1});
  while (stage.plan.has_workers() && stage.now < 60 * kSecond) {
    stage.tick_at(stage.now + kSecond);
    stage.feed(event::Beat{1, {}});
  }
  ASSERT_FALSE(stage.plan.has_workers());
  const Grant late = stage.grants.back();
  stage.feed(event::Beat{1, {{late.chunk, late.attempt, 1}}});
  EXPECT_TRUE(stage.plan.has_workers());
}

TEST(PlanMachines, AResultThatNobodyWantsEndsNoRest) {
  Stage stage({.chunks = 100, .window = kNoWindow});
  stage.join(2);
  stage.done(2, 0);
  for (SessionId life = 1; life < 5; ++life) {
    stage.join(100 * life + 1);
    stage.done(100 * life + 1, 0);
    stage.lost(100 * life + 1);
  }
  stage.join(501);
  EXPECT_EQ(stage.grants_to(501), 0u);
}

// It held one chunk of many thousand times its time, so that the other is faster by now.
TEST(PlanMachines, OneThatSlowsDownDoesNotKeepFreshChunksFromOthers) {
  Stage stage({.chunks = 4, .window = kNoWindow});
  stage.join(1, {8, 1});
  stage.join(2, {1, 1});
  stage.tick_at(kSecond / 10);
  stage.done(1, 0);
  ASSERT_EQ(stage.grants_to(1), 2u);
  stage.tick_at(10 * kSecond);
  stage.done(2, 1);
  EXPECT_EQ(stage.grants_to(2), 1u) << "the other would be sooner";
  const Grant slow = stage.grant_of(2);
  std::uint64_t ticks = 0;
  for (; stage.now < 60 * kSecond; stage.now += kSecond / 2) {
    stage.feed(event::Beat{1, {{slow.chunk, slow.attempt, ++ticks}}});
    stage.feed(event::Tick{});
  }
  EXPECT_GT(stage.grants_to(2), 1u);
}

TEST(PlanMachines, AWorkerThatDialsInRestsThoughItHasANewNumberEachTime) {
  Stage stage({.chunks = 1000, .window = kNoWindow});
  const auto join = [&](SessionId id) {
    return stage.feed(event::Joined{
        .session = id, .worker = id, .incarnation = id, .capacity = {1, 16}, .machine = 0});
  };
  join(1);
  for (SessionId id = 2; id < 9; ++id) {
    join(id);
    stage.lost(id);
  }
  join(9);
  EXPECT_EQ(stage.grants_to(9), 0u);
  const std::size_t before = stage.grants_to(1);
  stage.done(1, stage.grant_of(0).chunk);
  EXPECT_GT(stage.grants_to(1), before) << "its sister goes on";
}

TEST(PlanMachines, OneThatForgetsItsTasksIsNotSentThemHundredsOfTimes) {
  Stage stage({.chunks = 3, .window = kNoWindow});
  stage.join(1);
  stage.beat_until(600 * kSecond, {{1, {}}});
  for (; stage.now < 1200 * kSecond; stage.now += kSecond / 2) {
    stage.feed(event::Beat{1, {}});
    stage.feed(event::Tick{});
  }
  EXPECT_LT(stage.grants.size(), 40u);
  EXPECT_GT(stage.grants.size(), 10u) << "it may be of use some day";
}

// Whatever these machines die with, a sound one may come.
TEST(PlanMachines, ThatNeverDeliveredConvictNothingHoweverManyTheyAre) {
  Stage stage({.chunks = 3, .window = kNoWindow});
  for (WorkerId worker = 1; worker <= Plan::kTriersMax + 1; ++worker) crash(stage, worker, 4);
  stage.tick_at(stage.now + Plan::kAbsenceMax + kSecond);
  EXPECT_TRUE(stage.plan.set_aside().empty());
  stage.join(50);
  work(stage, 50);
  EXPECT_EQ(stage.plan.chunks_done(), 3u);
}

TEST(PlanMachines, OneThatIsHundredsOfProcessesAtOnceConvictsNothing) {
  Stage stage({.chunks = 30, .window = kNoWindow});
  for (SessionId id = 1; id <= 300; ++id)
    stage.feed(event::Joined{
        .session = id, .worker = id, .incarnation = id, .capacity = {1, 4}, .machine = 1});
  for (SessionId id = 1; id <= 300; ++id) stage.lost(id);
  stage.tick_at(stage.now + 2 * Plan::kLease);
  stage.tick_at(stage.now + Plan::kAbsenceMax);
  EXPECT_TRUE(stage.plan.set_aside().empty());
  stage.feed(event::Joined{// a sound one, and the same machine
                           .session = 450,
                           .worker = 7,
                           .incarnation = 450,
                           .capacity = {1, 4},
                           .machine = 1});
  work(stage, 450);
  EXPECT_EQ(stage.plan.chunks_done(), 30u);
}

// As where many workers have one address.
TEST(PlanMachines, ConvictNothingThatASisterOfTheDyingMayDo) {
  Stage stage({.chunks = 3, .window = kNoWindow});
  const auto join = [&](SessionId id, WorkerId worker) {
    stage.feed(event::Joined{
        .session = id, .worker = worker, .incarnation = id, .capacity = {1, 1}, .machine = 1});
  };
  join(1, 1);
  stage.done(1, 0);
  join(2, 2);  // dies with chunk 2, over and over, while the first is at chunk 1
  for (SessionId id = 2; stage.now < 200 * kSecond; join(++id, 2)) {
    stage.tick_at(stage.now + Rests::kMax);
    stage.lost(id);
  }
  stage.done(1, 1);
  stage.tick_at(stage.now + Plan::kLease);
  EXPECT_TRUE(stage.plan.set_aside().empty());
  stage.tick_at(stage.now + Plan::kLease);
  EXPECT_EQ(stage.grant_of(2).session, 1u);
}

TEST(PlanMachines, AreWaitedForByTheOnlyChunkForFiveMinutesAtMost) {
  Stage stage({.chunks = 1, .window = kNoWindow});
  for (SessionId life = 1; life <= 5; ++life) {
    stage.join(100 * life + 1);
    stage.tick_at(stage.now + Rests::kMax);
    stage.lost(100 * life + 1);
  }
  EXPECT_GE(stage.grants.size(), 2 * Plan::kBlamesMax - 2) << "it is tried again and again";
  stage.tick_at(Plan::kComputedMax);
  EXPECT_TRUE(stage.plan.set_aside().empty());
  stage.tick_at(Plan::kComputedMax + kSecond);
  EXPECT_TRUE(stage.plan.set_aside().contains(0));
}

TEST(PlanMachines, AreForgivenWhatAChunkDidThatIsSetAside) {
  Stage stage({.chunks = 2, .window = kNoWindow});
  SessionId life = 1;
  stage.join(life, {1, 1});
  for (; !stage.plan.is_finished() && stage.now < 600 * kSecond;
       stage.tick_at(stage.now + kSecond)) {
    const Grant newest = stage.grants.back();
    if (newest.session != life || !stage.plan.wants(life, newest.chunk)) continue;
    if (newest.chunk == 1) {
      stage.done(life, 1);
      continue;
    }
    stage.lost(life);
    stage.join(life += 100, {1, 1});
  }
  EXPECT_TRUE(stage.plan.set_aside().contains(0));
  EXPECT_FALSE(stage.plan.has_fallen());
}

// A machine that answers for its failure is no machine that dies with everything.
TEST(PlanConviction, NeedsNoResultWhereTheWorkerSaysItself) {
  Stage stage({.chunks = 1, .window = kNoWindow});
  crash(stage, 50, 3);
  stage.join(9950);
  stage.tick_at(stage.now + Rests::kMax);
  for (std::size_t n = 0; n < Plan::kBlamesMax; ++n) {
    ASSERT_EQ(stage.grant_of(0).session, 9950u);
    stage.returned(stage.grant_of(0));
    stage.tick_at(stage.now + Plan::kKeptForOthers + kSecond);
  }
  EXPECT_TRUE(stage.plan.set_aside().contains(0));
}

}  // namespace
}  // namespace mandel
