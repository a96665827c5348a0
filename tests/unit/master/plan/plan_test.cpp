// The plan's rules, one by one: granting, taking back, backing up. No sockets, no clock. Blame and
// audits are in plan_doubt_test.cpp; whole histories are the simulator's (tests/sim/).
#include "master/plan/plan.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "tests/unit/master/plan/plan_harness.h"

namespace mandel {
namespace {

TEST(PlanGrants, LowestFirstAndAsMuchAsCreditAllows) {
  Stage stage({.chunks = 100, .window = kNoWindow});
  stage.join(1);
  EXPECT_EQ(stage.grants, (std::vector<Grant>{{1, 0, 1}, {1, 1, 1}}));
}

TEST(PlanGrants, FewChunksSpreadOverAllWorkersInTurn) {
  Stage stage({.chunks = 6, .window = 4});
  stage.join(3, {4, 8});
  stage.join(1, {4, 8});
  stage.join(2, {4, 8});
  ASSERT_EQ(stage.grants_to(3), 4u);
  stage.lost(3);
  EXPECT_EQ(stage.grants_to(1), 2u);
  EXPECT_EQ(stage.grants_to(2), 2u);
}

TEST(PlanGrants, AResultBringsTheNextChunkToTheSameWorker) {
  Stage stage({.chunks = 100, .window = kNoWindow});
  stage.join(1);
  stage.join(2);
  const auto sent = only<action::Send>(stage.done(1, 0));
  ASSERT_FALSE(sent.empty());
  for (const auto& send : sent) EXPECT_EQ(send.grant.session, 1u);
}

TEST(PlanGrants, WhoseLanesAreQuickGetsMoreAheadHoweverLongTheWay) {
  Stage stage({.chunks = 100, .window = kNoWindow});
  stage.join(1);
  stage.join(2);
  stage.now = 100 * kMillisecond;
  stage.feed(event::Done{1, 0, print_of(1), 5 * kMillisecond, 50 * kMillisecond});
  stage.feed(event::Done{2, 2, print_of(1)});
  EXPECT_EQ(stage.grants_to(1), 13u) << "one that came back, two there, ten under way";
  stage.feed(event::Done{1, 1, print_of(1), 5 * kMillisecond, 200 * kMillisecond});
  EXPECT_EQ(stage.grants_to(1), 14u) << "a result that was held up makes the way no longer";
  EXPECT_EQ(stage.grants_to(2), 3u) << "of which nothing is known but that its chunks take long";
}

TEST(PlanGrants, WhoWouldStillPrepareWhenTheOthersAreDoneGetsNothing) {
  for (const Nanoseconds prepared : {Nanoseconds{0}, kSecond, kMillisecond}) {
    Stage stage({.chunks = 10, .window = kNoWindow});
    stage.join(1);
    stage.now = prepared + 20 * kMillisecond;
    const auto took = 15 * kMillisecond;
    stage.feed(event::Done{1, 0, print_of(1), took, kMillisecond, prepared});
    stage.join(2);
    EXPECT_EQ(stage.grants_to(2) > 0, prepared < kSecond) << "nine chunks of 20 ms are left";
    stage.lost(1);
    EXPECT_GT(stage.grants_to(2), 0u) << "there is nobody else";
  }
}

TEST(PlanGrants, PreparingDoesNotMakeAWorkerSlow) {
  Stage stage({.chunks = 100, .window = kNoWindow});
  stage.join(1);
  stage.now = 10 * kSecond + 10 * kMillisecond;
  stage.feed(event::Done{1, 0, print_of(1), 10 * kMillisecond, kMillisecond, 10 * kSecond});
  stage.join(2);
  stage.now += 10 * kMillisecond;
  stage.feed(event::Done{1, 1, print_of(1), 10 * kMillisecond, kMillisecond});
  EXPECT_EQ(stage.grants_to(2), 0u) << "the other needs a second for all that is left";
}

TEST(PlanGrants, NothingBeyondTheWindowUntilMemoryIsFreed) {
  Stage stage({.chunks = 100, .window = 3});
  stage.join(1, {8, 16});
  EXPECT_EQ(stage.grants.size(), 3u);
  EXPECT_TRUE(only<action::Send>(stage.done(1, 2)).empty());
  EXPECT_EQ(only<action::Send>(stage.feed(event::Freed{1})).size(), 1u);
  EXPECT_EQ(stage.grant_of(3).session, 1u);
}

TEST(PlanGrants, WhatCameBackGoesFirstAndIsExemptFromTheWindow) {
  Stage stage({.chunks = 100, .window = 2});
  stage.join(1);
  stage.done(1, 1);
  const Grant first = stage.grant_of(0);
  stage.returned(first);
  EXPECT_EQ(stage.grant_of(0), (Grant{1, 0, 2})) << "nobody else is there";
}

TEST(PlanGrants, ALeavingWorkerFinishesWhatItHasAndGetsNoMore) {
  Stage stage({.chunks = 100, .window = kNoWindow});
  stage.join(1);
  stage.feed(event::Leaving{1});
  const auto actions = stage.done(1, 0);
  EXPECT_EQ(only<action::Accept>(actions).size(), 1u);
  EXPECT_TRUE(only<action::Send>(actions).empty());
}

TEST(PlanGrants, ChunksThatAnEarlierMasterHasAreSkipped) {
  Stage stage({.chunks = 4, .window = kNoWindow, .done = {true, false, true, false}});
  stage.join(1, {4, 8});
  EXPECT_EQ(stage.grants, (std::vector<Grant>{{1, 1, 1}, {1, 3, 1}}));
  stage.done(1, 1);
  EXPECT_EQ(only<action::Finish>(stage.done(1, 3)).size(), 1u);
}

TEST(PlanGrants, AJobThatIsDoneAlreadyFinishesWithTheFirstTick) {
  Stage stage({.chunks = 2, .window = kNoWindow, .done = {true, true}});
  EXPECT_EQ(only<action::Finish>(stage.tick_at(1)).size(), 1u);
}

TEST(PlanResults, TheLastOneFinishesTheJobAndNothingHappensAfter) {
  Stage stage({.chunks = 2, .window = kNoWindow});
  stage.join(1);
  EXPECT_TRUE(only<action::Finish>(stage.done(1, 0)).empty());
  EXPECT_EQ(only<action::Finish>(stage.done(1, 1)).size(), 1u);
  EXPECT_TRUE(stage.plan.is_finished());
  EXPECT_TRUE(stage.join(2).empty());
}

// The plan does not hear of it any more, but whoever describes the job's end asks for it.
TEST(PlanResults, WhoComesAfterTheLastHoldsNothing) {
  Stage stage({.chunks = 1, .window = kNoWindow});
  stage.join(1);
  stage.done(1, 0);
  stage.join(2);
  EXPECT_EQ(stage.plan.chunks_held(2), 0u);
  EXPECT_FALSE(stage.plan.latest(2));
}

TEST(PlanResults, AChunkIsLateWhenItIsSoBySeconds) {
  Stage stage({.chunks = 9, .window = kNoWindow});
  stage.join(1);
  stage.tick_at(kSecond);
  stage.done(1, 0);
  EXPECT_EQ(stage.grant_of(2).session, 1u) << "behind chunk 1, and so due at 3 s";
  stage.tick_at(4 * kSecond);
  EXPECT_FALSE(stage.plan.latest(1)) << "by a second";
  stage.tick_at(7 * kSecond);
  ASSERT_TRUE(stage.plan.latest(1));
  EXPECT_EQ(stage.plan.latest(1)->chunk, 2u);
  EXPECT_NEAR(stage.plan.latest(1)->times, 3, 0.1);
}

TEST(PlanResults, EachIsAcknowledgedAlsoWhenItIsNotNeeded) {
  Stage stage({.chunks = 9, .window = kNoWindow});
  stage.join(1);
  EXPECT_EQ(only<action::Acknowledge>(stage.done(1, 0)).size(), 1u);
  const auto again = stage.done(1, 0);
  EXPECT_EQ(only<action::Acknowledge>(again).size(), 1u);
  EXPECT_TRUE(only<action::Accept>(again).empty());
  EXPECT_EQ(stage.plan.chunks_done(), 1u);
}

TEST(PlanResults, OfAnEarlierSessionOrMasterAreWelcome) {
  Stage stage({.chunks = 100, .window = kNoWindow});
  stage.join(1);
  EXPECT_TRUE(stage.plan.wants(1, 50));
  EXPECT_EQ(only<action::Accept>(stage.done(1, 50)).size(), 1u) << "never granted";
  stage.join(2);
  const auto actions = stage.done(2, 0);
  EXPECT_EQ(only<action::Accept>(actions).size(), 1u) << "worker 1 has it";
  ASSERT_EQ(only<action::Cancel>(actions).size(), 1u);
  EXPECT_EQ(only<action::Cancel>(actions)[0].grant, (Grant{1, 0, 1}));
  EXPECT_FALSE(stage.plan.wants(1, 0));
}

TEST(PlanResults, OfNobodyAreIgnored) {
  Stage stage({.chunks = 3, .window = kNoWindow});
  EXPECT_TRUE(stage.done(9, 0).empty());
  stage.join(1);
  EXPECT_TRUE(stage.done(1, 3).empty()) << "there is no such chunk";
}

TEST(PlanTakesBack, WhatALostWorkerHeld) {
  Stage stage({.chunks = 4, .window = kNoWindow});
  stage.join(1);
  stage.join(2);
  stage.lost(1);
  stage.done(2, 2);
  stage.done(2, 3);
  EXPECT_EQ(stage.grant_of(0), (Grant{2, 0, 2}));
  EXPECT_EQ(stage.grant_of(1), (Grant{2, 1, 2}));
}

TEST(PlanTakesBack, WhatABeatDoesNotKnowAfterALease) {
  Stage stage({.chunks = 2, .window = kNoWindow});
  stage.join(1);
  stage.beat_until(Plan::kLease, {{1, {{1, 1, 0}}}});
  EXPECT_EQ(stage.grant_of(0).attempt, 1u) << "it may have crossed the beat";
  stage.feed(event::Beat{1, {{1, 1, 0}}});
  EXPECT_EQ(stage.grant_of(0), (Grant{1, 0, 2}));
  EXPECT_EQ(stage.grant_of(1).attempt, 1u);
}

TEST(PlanTakesBack, WhatStandsStillForALeaseButTheResultStaysWelcome) {
  Stage stage({.chunks = 2, .window = kNoWindow});
  stage.join(1, {2, 2});
  stage.join(2);
  stage.beat_until(Plan::kLease + kSecond, {{1, {{0, 1, 7}, {1, 1, 7}}}, {2, {}}});
  EXPECT_EQ(stage.grant_of(0).session, 2u);
  EXPECT_EQ(only<action::Accept>(stage.done(1, 0)).size(), 1u);
}

TEST(PlanTakesBack, NothingThatMovesOrWaits) {
  Stage stage({.chunks = 2, .window = kNoWindow});
  stage.join(1);
  for (std::uint64_t tick = 1; tick < 100; ++tick, stage.now += kSecond / 2)
    stage.feed(event::Beat{1, {{0, 1, tick}, {1, 1, 0}}});
  EXPECT_EQ(stage.grants.size(), 2u);
}

TEST(PlanTakesBack, EverythingFromAWorkerWithAllLanesStuck) {
  Stage stage({.chunks = 100, .window = kNoWindow});
  stage.join(1);
  stage.beat_until(Plan::kLease + kSecond, {{1, {{0, 1, 7}, {1, 1, 0}}}});
  stage.join(2);
  EXPECT_EQ(stage.grant_of(0).session, 2u);
  EXPECT_EQ(stage.grant_of(1).session, 2u);
  stage.done(2, 0);
  EXPECT_EQ(stage.grants_to(1), 2u) << "it gets nothing more";
}

TEST(PlanTakesBack, AndGivesMoreWhenItMovesAgain) {
  Stage stage({.chunks = 100, .window = kNoWindow});
  stage.join(1);
  stage.beat_until(Plan::kLease + kSecond, {{1, {{0, 1, 7}, {1, 1, 0}}}});
  stage.feed(event::Beat{1, {{0, 1, 8}, {1, 1, 0}}});
  stage.done(1, 0);
  EXPECT_GT(stage.grants_to(1), 2u);
}

TEST(PlanTakesBack, NoGrantsForALaneThatHangsInACancelledTask) {
  Stage stage({.chunks = 100, .window = kNoWindow});
  stage.join(1);
  stage.join(2);
  stage.beat_until(Plan::kLease + kSecond,
                   {{1, {{0, 1, 7}, {1, 1, 0}}}, {2, {{2, 1, 0}, {3, 1, 0}}}});
  stage.done(2, 0);
  stage.done(2, 1);  // all that worker 1 had is cancelled
  const std::size_t before = stage.grants_to(1);
  stage.beat_until(stage.now + Plan::kLease + kSecond, {{1, {{0, 1, 7}}}});
  stage.done(2, 2);
  const std::size_t after = stage.grants_to(1);
  stage.done(2, 3);
  EXPECT_LE(after - before, 2u) << "what it got before the hang was seen again";
  EXPECT_EQ(stage.grants_to(1), after);
}

TEST(PlanTakesBack, NothingForThePauseOfItsOwnProcess) {
  Stage stage({.chunks = 2, .window = kNoWindow});
  stage.join(1);
  stage.feed(event::Beat{1, {{0, 1, 7}, {1, 1, 0}}});
  stage.now = 60 * kSecond;
  stage.feed(event::Paused{60 * kSecond});
  stage.feed(event::Beat{1, {{0, 1, 7}, {1, 1, 0}}});
  EXPECT_EQ(stage.grants.size(), 2u);
}

// A long turn ends with results, and then it turns out to have been a pause.
TEST(PlanTakesBack, NoTimeFromAResultThatCameInTheTurnOfThePause) {
  Stage stage({.chunks = 3, .window = kNoWindow});
  stage.join(1);
  stage.now = 10 * kSecond;
  stage.done(1, 0);
  stage.feed(event::Paused{10 * kSecond});
  EXPECT_EQ(stage.plan.check(), "");
}

TEST(PlanBackups, WhatWaitsInAQueueGoesToAnIdleWorkerAndTheFirstResultWins) {
  Stage stage({.chunks = 3, .window = kNoWindow});
  stage.join(1);
  stage.join(2);
  ASSERT_EQ(stage.grant_of(2).session, 2u);
  stage.now = kSecond;
  stage.done(2, 2);
  EXPECT_EQ(stage.grant_of(1), (Grant{2, 1, 2}));
  EXPECT_EQ(stage.plan.backups(), 1u);
  const auto cancelled = only<action::Cancel>(stage.done(2, 1));
  ASSERT_EQ(cancelled.size(), 1u);
  EXPECT_EQ(cancelled[0].grant, (Grant{1, 1, 1}));
}

TEST(PlanBackups, ALateChunkGoesOutAgainAndOnceMoreAfterAsLongAgain) {
  Stage stage({.chunks = 1, .window = kNoWindow});
  stage.join(1);
  stage.join(2);
  stage.join(3);
  stage.tick_at(kSecond / 2);
  EXPECT_EQ(stage.grants.size(), 1u) << "too soon to tell";
  stage.tick_at(2 * kSecond);
  EXPECT_EQ(stage.grants.size(), 2u);
  stage.tick_at(3 * kSecond);
  EXPECT_EQ(stage.grants.size(), 2u);
  stage.tick_at(5 * kSecond);
  EXPECT_EQ(stage.grants.size(), 3u);
}

// Else the slow ones would be asked again for each chunk, and the fast one never.
TEST(PlanBackups, OfUnknownSpeedGoFirstToThoseWhoWereNotAskedYet) {
  Stage stage({.chunks = 2, .window = 1});
  for (SessionId id = 1; id <= 6; ++id) stage.join(id, {1, 1});
  for (int second = 1; second <= 10; ++second) stage.tick_at(second * kSecond);
  stage.done(stage.grants.front().session, 0);
  stage.feed(event::Freed{1});
  std::set<SessionId> asked;
  for (const Grant& grant : stage.grants) asked.insert(grant.session);
  ASSERT_GE(asked.size(), 3u);
  ASSERT_LE(asked.size(), 5u);
  for (int second = 11; second <= 12; ++second) stage.tick_at(second * kSecond);
  ASSERT_EQ(stage.grants.back().chunk, 1u);
  ASSERT_EQ(stage.grants.back().attempt, 2u);
  EXPECT_FALSE(asked.contains(stage.grants.back().session));
}

TEST(PlanBackups, NeverMoreThanTheWorkerAllows) {
  Stage stage({.chunks = 4, .window = kNoWindow});
  stage.join(1, {4, 8});
  stage.join(2, {4, 1});
  stage.tick_at(2 * kSecond);
  EXPECT_LE(stage.grants_to(2), 1u);
}

TEST(PlanBackups, StayAllowedWhenTheFirstIsLost) {
  Stage stage({.chunks = 1, .window = kNoWindow});
  stage.join(1);
  stage.join(2);
  stage.tick_at(2 * kSecond);
  ASSERT_EQ(stage.grants.size(), 2u);
  stage.lost(1, true);
  stage.join(3);
  stage.tick_at(6 * kSecond);
  EXPECT_EQ(stage.grant_of(0).session, 3u);
}

// Its results come one at a time, since only one of its lanes has anything to do.
TEST(PlanBackups, AWorkerWithIdleLanesIsNotTakenForASlowOne) {
  Stage stage({.chunks = 2, .window = kNoWindow});
  stage.join(1, {1, 1});
  stage.join(2, {4, 16});
  ASSERT_EQ(stage.grant_of(1).session, 2u);
  stage.now = kSecond;
  stage.done(2, 1);
  stage.tick_at(kSecond * 3 / 2);
  EXPECT_EQ(stage.grant_of(0).session, 2u) << "it needs a second; the other has had longer";
}

TEST(PlanBackups, AWorkerThatComesBackIsAsFastAsItWas) {
  Stage stage({.chunks = 2, .window = kNoWindow});
  stage.join(1, {1, 1});
  stage.now = kSecond / 10;
  stage.done(1, 0);
  stage.lost(1);
  stage.join(2, {1, 1});
  ASSERT_EQ(stage.grant_of(1).session, 2u);
  stage.join(101, {1, 1});
  stage.tick_at(kSecond / 4);
  EXPECT_EQ(stage.grant_of(1).session, 101u) << "who is not known to be fast waits for a second";
}

// Two workers and an opening of 8 chunks.
Plan::Config opening() {
  return {.chunks = 8, .window = kNoWindow, .has_rest = true, .opening_share = 4};
}

TEST(PlanRest, OfTheOpeningEachWorkerGetsItsShareAtOnce) {
  Stage stage(opening());
  stage.join(1);
  EXPECT_EQ(stage.grants_to(1), 4u) << "two are all that a worker of unknown speed gets else";
  stage.join(2, {1, 3});
  EXPECT_EQ(stage.grants_to(2), 3u) << "or what the worker itself allows";
}

TEST(PlanRest, OfTheOpeningTheFirstToComeLeavesTheOthersTheirShare) {
  Stage stage(opening());
  stage.join(1, {16, 40});
  stage.join(2, {16, 40});
  EXPECT_EQ(stage.grants_to(1), 4u) << "its lanes share them";
  EXPECT_EQ(stage.grants_to(2), 4u);
}

TEST(PlanRest, BeforeItIsCutNothingIsBackedUpAndTheJobDoesNotEnd) {
  Stage stage(opening());
  stage.join(1);
  stage.join(2);
  for (ChunkId chunk = 0; chunk < 4; ++chunk) stage.done(1, chunk);
  EXPECT_EQ(stage.plan.backups(), 0u);
  for (ChunkId chunk = 4; chunk < 8; ++chunk)
    EXPECT_TRUE(only<action::Finish>(stage.done(2, chunk)).empty());
  EXPECT_FALSE(stage.plan.is_finished());
}

TEST(PlanRest, IsHandedOutAsSoonAsItIsCut) {
  Stage stage(opening());
  stage.join(1);
  stage.join(2);
  stage.done(1, 0);
  const auto sent = only<action::Send>(stage.feed(event::RestCut{20, kNoWindow}));
  ASSERT_FALSE(sent.empty());
  EXPECT_EQ(sent.front().grant.chunk, 8u);
  for (ChunkId chunk = 0; chunk < 28; ++chunk) stage.done(1, chunk);
  EXPECT_TRUE(stage.plan.is_finished());
}

TEST(PlanRest, HasItsOwnWindow) {
  Stage stage(opening());
  stage.join(1, {8, 64});
  for (ChunkId chunk = 0; chunk < 8; ++chunk) stage.done(1, chunk);
  EXPECT_TRUE(only<action::Send>(stage.feed(event::RestCut{20, 8})).empty()) << "8 are in memory";
  EXPECT_EQ(only<action::Send>(stage.feed(event::Freed{3})).size(), 3u);
}

TEST(PlanRest, IsWaitedForByWhoeverHasShownItsSpeedAndHasNothingLeft) {
  Stage stage(opening());
  EXPECT_FALSE(stage.plan.waits_for_rest());
  stage.join(1);
  stage.join(2);
  stage.join(3);
  EXPECT_FALSE(stage.plan.waits_for_rest()) << "the third has shown nothing";
  for (ChunkId chunk = 0; chunk < 3; ++chunk) stage.done(1, chunk);
  EXPECT_FALSE(stage.plan.waits_for_rest());
  stage.done(1, 3);
  EXPECT_TRUE(stage.plan.waits_for_rest());
  stage.feed(event::RestCut{20, kNoWindow});
  EXPECT_FALSE(stage.plan.waits_for_rest());
}

TEST(PlanRest, IsWaitedForByWhoeverHasNothingWhereTheOpeningTakesLong) {
  Stage stage(opening());
  stage.now = 5 * kSecond;
  for (SessionId id : {1u, 2u, 3u}) stage.join(id);
  stage.tick_at(5 * kSecond + Plan::kLease);
  EXPECT_FALSE(stage.plan.waits_for_rest());
  stage.tick_at(5 * kSecond + Plan::kLease + 1);
  EXPECT_TRUE(stage.plan.waits_for_rest());
}

TEST(PlanRest, IsNotWaitedForWhileAllAreAtTheOpeningNorBecauseOfAPause) {
  Stage stage(opening());
  stage.join(1, {16, 40});
  stage.join(2, {16, 40});
  stage.tick_at(kSecond + Plan::kLease);
  EXPECT_FALSE(stage.plan.waits_for_rest()) << "a lane more than chunks is not free";
  Stage paused(opening());
  for (SessionId id : {1u, 2u, 3u}) paused.join(id);
  paused.now = 10 * kSecond;
  paused.feed(event::Paused{10 * kSecond});
  EXPECT_FALSE(paused.plan.waits_for_rest());
  paused.tick_at(10 * kSecond + Plan::kLease + 1);
  EXPECT_TRUE(paused.plan.waits_for_rest());
}

TEST(PlanStory, TellsWhatHappenedToAChunk) {
  Stage stage({.chunks = 3, .window = kNoWindow});
  stage.join(1);
  stage.returned(stage.grant_of(0));
  stage.done(1, 0);
  std::vector<Transition::Kind> kinds;
  for (const Transition& transition : stage.plan.story().of(0)) kinds.push_back(transition.kind);
  using Kind = Transition::Kind;
  EXPECT_EQ(kinds,
            (std::vector<Kind>{Kind::kGranted, Kind::kReturned, Kind::kGranted, Kind::kAccepted}));
}

}  // namespace
}  // namespace mandel
