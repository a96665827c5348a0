// Is it the chunk, or the machine? When a chunk is convicted, and what happens to one that waits
// for a second opinion.
#include <gtest/gtest.h>

#include "tests/unit/master/plan/plan_harness.h"

namespace mandel {
namespace {

// Deaths in which nobody says anything, of which the next process tells.
TEST(PlanConviction, DoesNotWaitForSilentProcessesOfAMachineThatDiesAgainAndAgain) {
  Stage stage({.chunks = 2, .window = kNoWindow});
  SessionId life = 100;
  const auto die_silently = [&] {
    stage.feed(event::Joined{
        .session = life, .worker = life, .incarnation = life, .capacity = {1, 4}, .machine = 7});
    stage.feed(event::Lost{life++, false, true});
    stage.tick_at(stage.now + 5 * kSecond);
  };
  for (int n = 0; n < 5; ++n) die_silently();
  stage.join(1);
  for (std::size_t n = 0; n < Plan::kBlamesMax; ++n) {
    if (stage.grant_of(1).session == 1 && stage.plan.wants(1, 1)) stage.done(1, 1);
    if (stage.grant_of(0).session == 1) stage.returned(stage.grant_of(0));
    stage.tick_at(stage.now + Plan::kKeptForOthers + kSecond);
  }
  for (int n = 0; n < 20 && !stage.plan.is_finished(); ++n) die_silently();
  EXPECT_TRUE(stage.plan.set_aside().contains(0));
  EXPECT_EQ(stage.plan.chunks_done(), 1u);
}

// Two workers that never end, and two chunks that the third, which delivers, dies with.
TEST(PlanConviction, OfTwoChunksThatTwoWorkersNeverEndComesInBoundedTime) {
  Stage stage({.chunks = 3, .window = kNoWindow});
  stage.join(2, {1, 1});
  stage.join(3, {1, 1});
  ASSERT_EQ(stage.grant_of(0).session + stage.grant_of(1).session, 5u);
  SessionId sound = 1;
  stage.join(sound, {1, 1});
  std::uint64_t ticks = 0;
  std::size_t next = 0;
  for (; stage.now < Plan::kComputedMax + 60 * kSecond && !stage.plan.is_finished();
       stage.now += kSecond / 4) {
    for (const SessionId endless : {2u, 3u}) {
      event::Beat beat{endless, {}};
      for (const Grant& grant : stage.grants)
        if (grant.session == endless) beat.tasks.push_back({grant.chunk, grant.attempt, ticks});
      stage.feed(beat);
    }
    ++ticks;
    stage.feed(event::Tick{});
    for (; next < stage.grants.size(); ++next) {
      const Grant grant = stage.grants[next];
      if (grant.session != sound) continue;
      if (grant.chunk == 2) {
        stage.done(sound, 2);
      } else {
        stage.lost(sound);
        sound += 100;
        stage.join(sound, {1, 1});
      }
    }
  }
  EXPECT_EQ(stage.plan.set_aside().size(), 2u);
  EXPECT_EQ(stage.plan.chunks_done(), 1u);
}

// Worker 1 dies with chunk 0 each time. Worker 2, which delivers, is at it for half a minute.
TEST(PlanConviction, WaitsForAWorkerThatDeliversAndIsAtTheChunk) {
  Stage stage({.chunks = 6, .window = kNoWindow});
  stage.join(2, {1, 2});
  stage.done(2, 1);
  SessionId dying = 1;
  stage.join(dying, {1, 1});
  std::uint64_t ticks = 0;
  for (; stage.now < 60 * kSecond; stage.now += kSecond / 4) {
    stage.feed(event::Beat{2, {{0, 1, ++ticks}}});
    stage.feed(event::Tick{});
    const Grant newest = stage.grants.back();
    if (!stage.plan.wants(newest.session, newest.chunk) || newest.chunk == 0) {
      if (newest.session == dying && newest.chunk == 0) {
        stage.lost(dying);
        dying += 100;
        stage.join(dying, {1, 1});
      }
      continue;
    }
    stage.done(newest.session, newest.chunk);
  }
  EXPECT_TRUE(stage.plan.set_aside().empty());
  stage.done(2, 0);
  EXPECT_TRUE(stage.plan.is_finished() || stage.plan.chunks_done() > 0);
}

// Worker 1 does chunk 1, and three times it dies with chunk 0, which worker 2 has as well.
void die_thrice_beside(Stage& stage, event::Beat other, std::uint64_t ticks_each) {
  stage.join(2, {1, 1});
  stage.join(1, {1, 1});
  ASSERT_EQ(stage.grant_of(0).session, 2u);
  stage.done(1, 1);
  SessionId life = 1;
  const auto beat = [&] {
    other.tasks = {{0, 1, other.tasks.empty() ? ticks_each : other.tasks[0].ticks + ticks_each}};
    stage.feed(other);
    stage.tick_at(stage.now + kSecond / 4);
  };
  for (int deaths = 0; deaths < 3; beat()) {
    if (stage.grants.back().session != life || stage.grants.back().chunk != 0) continue;
    stage.lost(life);
    stage.join(life += 100, {1, 1});
    ++deaths;
  }
  const Nanoseconds until = stage.now + 2 * Plan::kAbsenceMax;
  while (stage.now < until && stage.grant_of(0).session != life) beat();
}

TEST(PlanConviction, WaitsForAWorkerThatLeavesAndIsAtTheChunk) {
  Stage stage({.chunks = 2, .window = kNoWindow});
  ASSERT_NO_FATAL_FAILURE(die_thrice_beside(stage, {2, {}}, 1));
  stage.feed(event::Leaving{2});
  stage.tick_at(stage.now + kSecond);
  EXPECT_TRUE(stage.plan.set_aside().empty());
  stage.done(2, 0);
  EXPECT_EQ(stage.plan.chunks_done(), 2u);
}

// Worker 2 has the chunk, and never begins it.
TEST(PlanConviction, LetsOneTryAgainThatMayHaveHadThreeAccidents) {
  Stage stage({.chunks = 2, .window = kNoWindow});
  ASSERT_NO_FATAL_FAILURE(die_thrice_beside(stage, {2, {}}, 0));
  EXPECT_TRUE(stage.plan.set_aside().empty());
  ASSERT_EQ(stage.grant_of(0).session, 301u);
  stage.done(301, 0);
  EXPECT_EQ(stage.plan.chunks_done(), 2u);
}

// Worker 1 fails with chunk 0 and does the others. Worker 2 is at chunk 0 for ever.
TEST(PlanConviction, OfAChunkWhoseOtherWorkerNeverEndsComesInBoundedTime) {
  Stage stage({.chunks = 10, .window = kNoWindow});
  stage.join(2, {1, 1});
  ASSERT_EQ(stage.grant_of(0).session, 2u);
  stage.join(1, {1, 1});
  std::uint64_t ticks = 0;
  std::size_t next = 0;
  for (; stage.now < 2 * Plan::kAbsenceMax && !stage.plan.is_finished(); stage.now += kSecond / 4) {
    stage.feed(event::Beat{2, {{0, 1, ++ticks}}});
    stage.feed(event::Tick{});
    for (; next < stage.grants.size(); ++next) {
      const Grant grant = stage.grants[next];
      if (grant.session != 1) continue;
      grant.chunk == 0 ? stage.returned(grant) : stage.done(1, grant.chunk);
    }
  }
  EXPECT_GE(stage.now, Plan::kAbsenceMax) << "it may be slow, and sound";
  EXPECT_TRUE(stage.plan.is_finished());
  EXPECT_TRUE(stage.plan.set_aside().contains(0));
  EXPECT_EQ(stage.plan.chunks_done(), 9u);
  EXPECT_EQ(stage.grants_to(1), 9 + Plan::kBlamesMax);
}

TEST(PlanConviction, NeedsNoFourthWhereThreeThatDeliverDiedWithIt) {
  Stage stage({.chunks = 4, .window = kNoWindow});
  for (const SessionId id : {1u, 2u, 3u}) {
    stage.join(id, {1, 1});
    if (stage.grants.back().chunk == 0) stage.tick_at(stage.now + 1);
    stage.feed(event::Done{id, id, print_of(1)});
    if (stage.grant_of(0).session != id) stage.done(id, stage.grants.back().chunk);
    stage.lost(id);
  }
  stage.join(4, {1, 1});
  const std::size_t tried = stage.grants_to(4);
  stage.tick_at(stage.now + 2 * Plan::kLease);
  EXPECT_TRUE(stage.plan.set_aside().contains(0));
  EXPECT_EQ(stage.grants_to(4), tried);
}

// Workers 1 and 2, which deliver, die with chunk 1 by accident. So does worker 3, which delivered
// once, and dies with or without a chunk since then. Worker 4 gets on with it.
TEST(PlanConviction, NeedsAThirdThatDidNotComeToNothingJustBefore) {
  Stage stage({.chunks = 4, .window = kNoWindow});
  for (const SessionId id : {3u, 1u, 2u}) stage.join(id, {1, 1});
  stage.done(1, 3);
  stage.done(3, 0);
  stage.lost(3);
  stage.done(2, 2);
  for (const SessionId id : {1u, 2u}) {
    ASSERT_EQ(stage.grant_of(1).session, id);
    stage.lost(id);
  }
  stage.join(103, {1, 1});
  ASSERT_EQ(stage.grant_of(1).session, 103u);
  stage.lost(103);
  stage.join(4, {1, 1});
  ASSERT_EQ(stage.grant_of(1).session, 4u);
  stage.join(203, {1, 1});
  stage.tick_at(stage.now + 2 * Plan::kLease);
  EXPECT_TRUE(stage.plan.set_aside().empty());
  stage.done(4, 1);
  EXPECT_TRUE(stage.plan.is_finished());
}

// Else one that kills would stand before an innocent one for ever.
TEST(PlanConviction, TriesWhatWasLeftAloneForLongest) {
  Stage stage({.chunks = 2, .window = kNoWindow});
  for (SessionId life = 1; life <= 4; ++life) {
    stage.join(100 * life + 1);
    stage.tick_at(stage.now + Rests::kMax);
    stage.lost(100 * life + 1);
  }
  stage.tick_at(stage.now + Plan::kAbsenceMax);
  stage.join(50);
  const ChunkId first = stage.grants.back().chunk;
  stage.lost(50);
  stage.tick_at(stage.now + kSecond);
  stage.join(150);
  EXPECT_EQ(stage.grants.back().session, 150u);
  EXPECT_EQ(stage.grants.back().chunk, 1 - first);
}

// Worker 1 gets on with a chunk that three died with; the only counts are of one that is dismissed.
TEST(PlanConviction, LosesNoChunkWhoseKeptCountsGo) {
  Stage stage({.chunks = 1, .window = kNoWindow, .audit = 1});
  stage.join(1, {1, 1});
  std::uint64_t ticks = 0;
  for (const SessionId id : {2u, 3u, 4u}) {
    stage.join(id, {1, 1});
    stage.beat_until(stage.now + 2 * kSecond, {{1, {{0, 1, ++ticks}}}});
    stage.tick_at(stage.now);
    ASSERT_EQ(stage.grant_of(0).session, id);
    stage.lost(id);
  }
  stage.join(5, {1, 1});
  stage.done(5, 0);
  for (std::uint32_t n = 0; n < Plan::kUnaskedInARowMax; ++n) stage.returned({5, 0, 99});
  EXPECT_TRUE(stage.plan.wants(1, 0));
}

// After a pause of this process a worker that was only cut off has its time all the same.
TEST(PlanConviction, WaitsALeaseAfterThePauseInWhichItWasDue) {
  Stage stage({.chunks = 1, .window = kNoWindow});
  for (const SessionId id : {1u, 2u, 3u}) {
    stage.join(id);
    stage.lost(id);
  }
  stage.now += 10 * kSecond;
  stage.feed(event::Paused{10 * kSecond});
  stage.tick_at(stage.now + kSecond);
  EXPECT_TRUE(stage.plan.set_aside().empty());
  stage.tick_at(stage.now + Plan::kLease);
  EXPECT_TRUE(stage.plan.set_aside().contains(0));
}

// Worker 2 has a chunk of its own, and gets chunk 0 of worker 1 to confirm.
Stage audited() {
  Stage stage({.chunks = 2, .window = kNoWindow, .audit = 1});
  stage.join(1, {1, 1});
  stage.join(2, {1, 2});
  stage.done(1, 0);
  stage.tick_at(1);
  EXPECT_EQ(stage.grant_of(0).session, 2u);
  return stage;
}

// Worker 2 gets on with all that it has and ends nothing.
std::size_t judged_by(Stage& stage, Nanoseconds until) {
  std::size_t judged = 0;
  for (std::uint64_t ticks = 1; stage.now <= until; stage.now += kSecond / 2, ++ticks) {
    event::Beat beat{2, {}};
    for (const Grant& grant : stage.grants)
      if (grant.session == 2) beat.tasks.push_back({grant.chunk, grant.attempt, ticks});
    stage.feed(beat);
    judged += only<action::Judge>(stage.feed(event::Tick{})).size();
  }
  return judged;
}

TEST(PlanAudit, ASecondOpinionThatDoesNotComeIsGivenByTheMaster) {
  Stage stage = audited();
  EXPECT_EQ(judged_by(stage, Plan::kSecondOpinion), 0u);
  EXPECT_EQ(judged_by(stage, Plan::kSecondOpinion + 2 * kSecond), 1u);
  EXPECT_EQ(only<action::Accept>(stage.feed(event::Judged{0, {}})).size(), 1u);
  EXPECT_EQ(only<action::Judge>(stage.done(1, 1)).size(), 1u) << "it is not waited for again";
}

TEST(PlanAudit, WhoDeliversIsAskedAgain) {
  Stage stage = audited();
  judged_by(stage, Plan::kSecondOpinion + 2 * kSecond);
  stage.done(2, 0);
  EXPECT_TRUE(only<action::Judge>(stage.done(1, 1)).empty());
}

TEST(PlanAudit, ASecondOpinionIsWaitedForAsTheFirstWas) {
  Stage stage({.chunks = 4, .window = kNoWindow, .audit = 1});
  stage.join(1, {1, 1});
  stage.join(2, {1, 1});
  stage.now = 10 * kSecond;
  stage.done(1, 0);
  EXPECT_EQ(judged_by(stage, (10 + 10 * Plan::kSlowerAtMost) * kSecond), 0u);
  EXPECT_GE(judged_by(stage, (12 + 10 * Plan::kSlowerAtMost) * kSecond), 1u);
}

}  // namespace
}  // namespace mandel
