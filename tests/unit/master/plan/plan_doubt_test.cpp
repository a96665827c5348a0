// The plan's rules for chunks and workers that are not to be trusted: blame, suspicion, audits.
#include <algorithm>
#include <gtest/gtest.h>

#include "tests/unit/master/plan/plan_harness.h"

namespace mandel {
namespace {

// Each of the workers joins, gets chunk 0 and dies with it.
void die_with_it(Stage& stage, std::initializer_list<SessionId> sessions) {
  for (const SessionId id : sessions) {
    stage.join(id);
    stage.lost(id);
  }
}

TEST(PlanBlame, AChunkThatThreeProcessesDiedWithIsSetAside) {
  Stage stage({.chunks = 1, .window = kNoWindow});
  die_with_it(stage, {1, 2, 3});
  EXPECT_TRUE(only<action::SetAside>(stage.tick_at(kSecond)).empty())
      << "one of them may have been cut off only";
  const auto actions = stage.tick_at(Plan::kLease + kSecond);
  ASSERT_EQ(only<action::SetAside>(actions).size(), 1u);
  EXPECT_EQ(only<action::Finish>(actions).size(), 1u);
  EXPECT_TRUE(stage.plan.set_aside().contains(0));
}

TEST(PlanBlame, AWorkerThatComesBackSpeaksForItsChunk) {
  Stage stage({.chunks = 1, .window = kNoWindow});
  die_with_it(stage, {1, 2, 3});
  stage.join(103, {1, 16}, 3);  // the same process as worker 3
  EXPECT_TRUE(only<action::SetAside>(stage.tick_at(2 * Plan::kLease)).empty());
  EXPECT_EQ(stage.grant_of(0).session, 103u);
}

TEST(PlanBlame, OneProcessCountsOnceHoweverOftenItsConnectionBreaks) {
  Stage stage({.chunks = 1, .window = kNoWindow});
  for (const SessionId id : {1u, 101u, 201u, 301u}) {
    stage.join(id, {1, 16}, 77);
    stage.lost(id);
  }
  EXPECT_TRUE(only<action::SetAside>(stage.tick_at(2 * Plan::kLease)).empty());
}

TEST(PlanBlame, AnOrderlyGoodbyeBlamesNobody) {
  Stage stage({.chunks = 1, .window = kNoWindow});
  for (const SessionId id : {1u, 2u, 3u}) {
    stage.join(id);
    stage.lost(id, true);
  }
  EXPECT_TRUE(only<action::SetAside>(stage.tick_at(2 * Plan::kLease)).empty());
}

TEST(PlanBlame, ASuspectGoesOutAlone) {
  Stage stage({.chunks = 9, .window = 1});
  die_with_it(stage, {1, 2});
  stage.join(3, {4, 8});
  EXPECT_EQ(stage.grant_of(0).session, 3u);
  EXPECT_EQ(stage.grants_to(3), 1u);
  stage.done(3, 0);
  EXPECT_EQ(stage.plan.chunks_done(), 1u);
}

// Which of its chunks killed a worker is not known: results of others may have died with it.
TEST(PlanBlame, AllThatAWorkerHadIsTriedAloneBeforeAnyIsSetAside) {
  Stage stage({.chunks = 2, .window = kNoWindow});
  for (const SessionId id : {1u, 2u}) {
    stage.join(id, {2, 16});
    ASSERT_EQ(stage.grants_to(id), 2u);
    stage.lost(id);
  }
  stage.join(3, {2, 16});
  ASSERT_EQ(stage.grants_to(3), 1u);
  const ChunkId innocent = stage.grants.back().chunk;
  stage.done(3, innocent);
  ASSERT_EQ(stage.grants_to(3), 2u);
  stage.lost(3);
  const auto actions = stage.tick_at(2 * Plan::kLease);
  ASSERT_EQ(only<action::SetAside>(actions).size(), 1u);
  EXPECT_EQ(only<action::SetAside>(actions)[0].chunk, 1 - innocent);
}

TEST(PlanBlame, ACondemnedChunkDoesNotStopTheOthers) {
  Stage stage({.chunks = 2, .window = 1});
  die_with_it(stage, {1, 2, 3});
  stage.join(4);
  EXPECT_EQ(stage.grant_of(1).session, 4u);
  stage.done(4, 1);
  EXPECT_EQ(stage.grant_of(0).session, 4u) << "only then";
  stage.returned(stage.grant_of(0));
  stage.tick_at(Plan::kKeptForOthers + 1);
  stage.returned(stage.grant_of(0));
  stage.tick_at(stage.now + Plan::kLease);
  EXPECT_TRUE(stage.plan.is_finished());
}

TEST(PlanBlame, AReturnedChunkGoesToSomebodyWhoHasNotTried) {
  Stage stage({.chunks = 100, .window = kNoWindow});
  stage.join(1);
  stage.join(2);
  stage.returned(stage.grant_of(0));
  stage.done(1, 1);
  stage.done(2, 2);
  EXPECT_EQ(stage.grant_of(0).session, 2u);
}

TEST(PlanBlame, AWorkerThatFailsAgainAndAgainIsDismissed) {
  Stage stage({.chunks = 100, .window = kNoWindow});
  stage.join(1, {3, 16});
  std::vector<Action> actions;
  for (ChunkId chunk = 0; chunk < Plan::kReturnsInARowMax; ++chunk)
    actions = stage.returned(stage.grant_of(chunk));
  ASSERT_EQ(only<action::Dismiss>(actions).size(), 1u);
  EXPECT_EQ(only<action::Dismiss>(actions)[0].worker, 1u);
  EXPECT_FALSE(stage.plan.has_workers());
}

TEST(PlanBlame, ASuccessClearsTheRecord) {
  Stage stage({.chunks = 100, .window = kNoWindow});
  stage.join(1, {4, 16});
  for (ChunkId chunk = 1; chunk < Plan::kReturnsInARowMax; ++chunk)
    stage.returned(stage.grant_of(chunk));
  stage.done(1, 0);
  EXPECT_TRUE(only<action::Dismiss>(stage.returned(stage.grant_of(3))).empty());
}

TEST(PlanBlame, WhoFailsAgainAndAgainWithWhatNobodyAskedForIsDismissed) {
  Stage stage({.chunks = 100, .window = kNoWindow});
  stage.join(1);
  stage.join(2);
  const Grant grant = stage.grant_of(0);
  EXPECT_TRUE(only<action::Dismiss>(stage.returned(grant)).empty());
  for (std::uint32_t n = 1; n < Plan::kUnaskedInARowMax; ++n)
    EXPECT_TRUE(only<action::Dismiss>(stage.returned(grant)).empty());
  const auto actions = stage.returned(grant);
  ASSERT_EQ(only<action::Dismiss>(actions).size(), 1u);
  EXPECT_EQ(only<action::Dismiss>(actions)[0].worker, grant.session % 100);
}

// A result that nobody wants is not looked at, so that anybody could send one in between.
TEST(PlanBlame, AResultThatIsNotWantedClearsNoRecord) {
  Stage stage({.chunks = 100, .window = kNoWindow});
  stage.join(1, {4, 16});
  stage.done(1, 0);
  std::vector<Action> actions;
  for (ChunkId chunk = 1; chunk <= Plan::kReturnsInARowMax; ++chunk) {
    stage.done(1, 0);
    actions = stage.returned(stage.grant_of(chunk));
  }
  EXPECT_EQ(only<action::Dismiss>(actions).size(), 1u);
}

// One worker alone, which fails with these chunks, always, until it has nothing left to do. How
// often it failed.
std::uint32_t live_alone(Stage& stage, const std::set<ChunkId>& poison) {
  std::uint32_t failures = 0;
  stage.join(1, {2, 4});
  for (std::size_t next = 0; next < stage.grants.size() && stage.plan.has_workers(); ++next) {
    const Grant grant = stage.grants[next];
    stage.now += kMillisecond;
    if (poison.contains(grant.chunk)) {
      ++failures;
      stage.returned(grant);
    } else {
      stage.done(1, grant.chunk);
    }
  }
  stage.tick_at(stage.now + 2 * Plan::kLease);
  return failures;
}

TEST(PlanBlame, AWorkerAloneWithAPoisonChunkDoesAllTheOthers) {
  for (const ChunkId poison : {0u, 5u, 9u}) {
    Stage stage({.chunks = 10, .window = kNoWindow});
    EXPECT_EQ(live_alone(stage, {poison}), Plan::kBlamesMax);
    EXPECT_TRUE(stage.plan.has_workers());
    EXPECT_TRUE(stage.plan.is_finished());
    EXPECT_EQ(stage.plan.chunks_done(), 9u);
    EXPECT_TRUE(stage.plan.set_aside().contains(poison));
    EXPECT_EQ(stage.grants.back().chunk, poison) << "the last trial waits for all that is sound";
  }
}

TEST(PlanBlame, TheOnlyChunkOfTheOnlyWorkerMayBeSetAside) {
  Stage stage({.chunks = 1, .window = 1});
  EXPECT_EQ(live_alone(stage, {0}), Plan::kBlamesMax);
  EXPECT_TRUE(stage.plan.is_finished());
  EXPECT_TRUE(stage.plan.set_aside().contains(0));
}

TEST(PlanBlame, AWorkerThatFailsWithEverythingIsDismissedSoon) {
  Stage stage({.chunks = 100, .window = kNoWindow});
  std::set<ChunkId> all;
  for (ChunkId chunk = 0; chunk < 100; ++chunk) all.insert(chunk);
  EXPECT_LE(live_alone(stage, all), 2 * Plan::kReturnsInARowMax);
  EXPECT_FALSE(stage.plan.has_workers());
  EXPECT_TRUE(stage.plan.set_aside().empty());
}

// Others have failed with these before.
TEST(PlanBlame, TryingSuspectsIsNoStainOnAWorker) {
  Stage stage({.chunks = 4, .window = kNoWindow});
  for (const SessionId id : {1u, 2u}) {
    stage.join(id, {4, 16});
    stage.lost(id);
  }
  stage.join(3);
  // Nobody else comes, and the first two don't come back. Their deaths explain one chunk, so each
  // is tried again before it is given up.
  std::size_t seen = 0;
  for (int round = 0; round < 10 && stage.plan.set_aside().size() < 4; ++round) {
    for (; seen < stage.grants.size(); ++seen) {
      const Grant grant = stage.grants[seen];
      if (grant.session != 3) continue;
      EXPECT_TRUE(only<action::Dismiss>(stage.returned(grant)).empty());
    }
    stage.tick_at(stage.now + Plan::kAbsenceMax);
  }
  EXPECT_EQ(stage.plan.set_aside().size(), 4u);
}

// Two workers, each with one lane, and everything is audited.
Stage audited(std::uint32_t chunks) {
  return Stage({.chunks = chunks, .window = kNoWindow, .audit = 1});
}

TEST(PlanAudit, CountsAreKeptUntilAnotherWorkerAgrees) {
  Stage stage = audited(2);
  stage.join(1);
  stage.join(2);
  const auto first = stage.done(1, 0);
  EXPECT_EQ(only<action::Keep>(first).size(), 1u);
  EXPECT_TRUE(only<action::Accept>(first).empty());
  stage.tick_at(1);
  EXPECT_EQ(stage.grant_of(0).session, 2u);
  EXPECT_FALSE(stage.plan.wants(1, 0)) << "it can't agree with itself";
  const auto accepted = only<action::Accept>(stage.done(2, 0));
  ASSERT_EQ(accepted.size(), 1u);
  EXPECT_EQ(accepted[0].worker, 1u);
}

TEST(PlanAudit, WhoseCountsWereWrongIsDismissedAndAllOfItsChunksAreRevoked) {
  Stage stage({.chunks = 40, .window = kNoWindow, .audit = 1e-9});
  stage.join(1);
  stage.join(2);
  for (ChunkId chunk = 0; chunk < Trust::kAgreementsNeeded; ++chunk) {
    stage.done(2, chunk, 5);
    stage.done(1, chunk, 5);
  }
  stage.done(2, 20, 6);  // it is trusted by now
  ASSERT_EQ(stage.plan.chunks_done(), Trust::kAgreementsNeeded + 1);
  stage.join(3);
  stage.done(3, 30, 7);
  EXPECT_EQ(only<action::Judge>(stage.done(2, 30, 8)).size(), 1u);
  const auto actions = stage.feed(event::Judged{30, {2}});
  ASSERT_EQ(only<action::Dismiss>(actions).size(), 1u);
  EXPECT_EQ(only<action::Dismiss>(actions)[0].worker, 2u);
  EXPECT_EQ(only<action::Revoke>(actions).size(), Trust::kAgreementsNeeded + 1);
  ASSERT_EQ(only<action::Accept>(actions).size(), 1u);
  EXPECT_EQ(only<action::Accept>(actions)[0].worker, 3u);
  EXPECT_EQ(stage.plan.chunks_done(), 1u);
}

TEST(PlanAudit, WhenBothLiedTheChunkGoesOutAgain) {
  Stage stage = audited(1);
  stage.join(1);
  stage.join(2);
  stage.done(1, 0, 5);
  stage.done(2, 0, 6);
  EXPECT_EQ(only<action::Dismiss>(stage.feed(event::Judged{0, {1, 2}})).size(), 2u);
  stage.join(3);
  EXPECT_EQ(stage.grant_of(0).session, 3u);
}

TEST(PlanAudit, AChunkIsNotPendingWhereAWorkerIsAtItAgainWhenTheVerdictComes) {
  Stage stage = audited(1);
  stage.join(1);
  stage.join(2);
  stage.done(1, 0);
  stage.tick_at(1);
  const Grant second = stage.grant_of(0);
  ASSERT_EQ(second.session, 2u);
  const auto actions =
      stage.beat_until(Plan::kLease + kSecond, {{2, {{0, second.attempt, 7}}}, {1, {}}});
  ASSERT_EQ(only<action::Judge>(actions).size(), 1u) << "nobody else is there to ask";
  stage.feed(event::Beat{2, {{0, second.attempt, 8}}});
  stage.join(3);
  EXPECT_TRUE(only<action::Send>(stage.feed(event::Judged{0, {1}})).empty());
  stage.done(2, 0);
  EXPECT_TRUE(stage.plan.wants(3, 0));
}

TEST(PlanAudit, TwoVerdictsDismissOnce) {
  Stage stage = audited(2);
  stage.join(1);
  stage.join(2);
  for (const ChunkId chunk : {0u, 1u}) {
    stage.done(1, chunk, 5);
    stage.done(2, chunk, 6);
  }
  EXPECT_EQ(only<action::Dismiss>(stage.feed(event::Judged{0, {2}})).size(), 1u);
  EXPECT_TRUE(only<action::Dismiss>(stage.feed(event::Judged{1, {2}})).empty());
  EXPECT_TRUE(stage.plan.is_finished());
}

TEST(PlanAudit, WhereNobodyElseIsTheCountsAreJudged) {
  Stage stage = audited(2);
  stage.join(1);
  EXPECT_EQ(only<action::Judge>(stage.done(1, 0)).size(), 1u);
  EXPECT_EQ(only<action::Accept>(stage.feed(event::Judged{0, {}})).size(), 1u);
}

TEST(PlanAudit, CountsAreJudgedWhenTheLastOtherWorkerGoes) {
  Stage stage = audited(2);
  stage.join(1);
  stage.join(2);
  stage.done(1, 0);
  stage.tick_at(1);
  EXPECT_EQ(only<action::Judge>(stage.lost(2)).size(), 1u);
}

TEST(PlanAudit, ASuspectWithCountsIsJudgedRatherThanComputedAgain) {
  Stage stage = audited(1);
  stage.join(1);
  stage.join(2);
  stage.done(1, 0);
  stage.tick_at(1);
  ASSERT_EQ(stage.grant_of(0).session, 2u);
  stage.join(3);
  stage.join(4);
  stage.lost(2);
  EXPECT_EQ(only<action::Judge>(stage.lost(stage.grant_of(0).session)).size(), 1u);
}

}  // namespace
}  // namespace mandel
