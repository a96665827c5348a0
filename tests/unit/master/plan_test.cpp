// The brain, event by event: no sockets, no clock. The last test lives through random histories.
#include "master/plan.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>

namespace mandel {
namespace {

constexpr std::uint32_t kNoWindow = 1u << 30;

template <typename Kind>
std::vector<Kind> only(const std::vector<Action>& actions) {
  std::vector<Kind> found;
  for (const Action& action : actions)
    if (const auto* one = std::get_if<Kind>(&action)) found.push_back(*one);
  return found;
}

std::vector<Grant> sent(const std::vector<Action>& actions) {
  std::vector<Grant> grants;
  for (const auto& send : only<action::Send>(actions)) grants.push_back(send.grant);
  return grants;
}

event::Joined joined(WorkerId id, std::uint32_t lanes = 1) { return {id, {lanes, 1000}}; }

TEST(Plan, HandsOutChunksInOrderAndWithCreditNotAllAtOnce) {
  Plan plan(100, kNoWindow);
  const auto grants = sent(plan.on(joined(1)));
  ASSERT_EQ(grants.size(), credit({1, 1000}, 100, 1));
  for (std::uint32_t k = 0; k < grants.size(); ++k) EXPECT_EQ(grants[k], (Grant{1, k, 1}));
}

TEST(Plan, EachResultBringsTheNextChunkToTheSameWorker) {
  Plan plan(100, kNoWindow);
  plan.on(joined(1));
  plan.on(joined(2));
  const auto actions = plan.on(event::Done{{1, 0, 1}});
  EXPECT_EQ(only<action::Accept>(actions).size(), 1u);
  const auto grants = sent(actions);
  ASSERT_EQ(grants.size(), 1u);
  EXPECT_EQ(grants[0].worker, 1u);
}

TEST(Plan, FinishesExactlyWhenTheLastChunkIsDone) {
  Plan plan(2, kNoWindow);
  plan.on(joined(1));
  EXPECT_TRUE(only<action::Finish>(plan.on(event::Done{{1, 0, 1}})).empty());
  EXPECT_FALSE(plan.is_finished());
  EXPECT_EQ(only<action::Finish>(plan.on(event::Done{{1, 1, 1}})).size(), 1u);
  EXPECT_TRUE(plan.is_finished());
}

TEST(Plan, AResultThatNobodyWaitsForIsIgnored) {
  Plan plan(3, kNoWindow);
  plan.on(joined(1));
  EXPECT_TRUE(plan.on(event::Done{{1, 0, 2}}).empty()) << "an attempt that was never made";
  EXPECT_TRUE(plan.on(event::Done{{9, 0, 1}}).empty()) << "a worker that is not here";
  plan.on(event::Done{{1, 0, 1}});
  EXPECT_TRUE(plan.on(event::Done{{1, 0, 1}}).empty()) << "a chunk that is done";
  EXPECT_EQ(plan.chunks_done(), 1u);
}

TEST(Plan, ChunksOfALostWorkerGoToTheOthersAsNewAttempts) {
  Plan plan(4, kNoWindow);
  const auto first = sent(plan.on(joined(1)));
  plan.on(joined(2));
  ASSERT_FALSE(first.empty());
  auto again = sent(plan.on(event::Lost{1}));
  // Whatever worker 2 has no credit for now, it gets as it goes on.
  std::set<ChunkId> held_by_2;
  for (ChunkId chunk = 0; chunk < 4; ++chunk)
    for (std::uint32_t attempt = 1; attempt <= 2; ++attempt)
      if (plan.wants({2, chunk, attempt})) held_by_2.insert(chunk);
  while (!held_by_2.empty()) {
    const ChunkId chunk = *held_by_2.begin();
    held_by_2.erase(held_by_2.begin());
    const std::uint32_t attempt = plan.wants({2, chunk, 1}) ? 1 : 2;
    for (const Grant& grant : sent(plan.on(event::Done{{2, chunk, attempt}})))
      held_by_2.insert(grant.chunk);
  }
  EXPECT_TRUE(plan.is_finished());
}

TEST(Plan, ALeavingWorkerFinishesWhatItHasAndGetsNoMore) {
  Plan plan(100, kNoWindow);
  plan.on(joined(1));
  plan.on(event::Leaving{1});
  const auto actions = plan.on(event::Done{{1, 0, 1}});
  EXPECT_EQ(only<action::Accept>(actions).size(), 1u);
  EXPECT_TRUE(sent(actions).empty());
}

TEST(Plan, AReturnedChunkIsPendingAgain) {
  Plan plan(100, kNoWindow);
  plan.on(joined(1));
  const auto grants = sent(plan.on(event::Returned{{1, 0, 1}, "bad hash"}));
  ASSERT_EQ(grants.size(), 1u);
  EXPECT_EQ(grants[0].chunk, 0u);
  EXPECT_EQ(grants[0].attempt, 2u);
}

TEST(Plan, AWorkerThatFailsAgainAndAgainIsDismissedAndItsChunksMoveOn) {
  Plan plan(100, kNoWindow);
  plan.on(joined(1));
  plan.on(joined(2));
  std::vector<Action> actions;
  for (std::uint32_t attempt = 1; attempt <= Plan::kReturnsInARowMax; ++attempt)
    actions = plan.on(event::Returned{{1, 0, attempt}, "bad hash"});
  ASSERT_EQ(only<action::Dismiss>(actions).size(), 1u);
  EXPECT_EQ(only<action::Dismiss>(actions)[0].worker, 1u);
  EXPECT_TRUE(plan.has_workers());
  EXPECT_FALSE(plan.wants({1, 1, 1}));
}

TEST(Plan, ASuccessClearsTheRecord) {
  Plan plan(100, kNoWindow);
  plan.on(joined(1));
  for (std::uint32_t attempt = 1; attempt < Plan::kReturnsInARowMax; ++attempt)
    plan.on(event::Returned{{1, 0, attempt}, "bad"});
  plan.on(event::Done{{1, 0, Plan::kReturnsInARowMax}});
  EXPECT_TRUE(only<action::Dismiss>(plan.on(event::Returned{{1, 1, 1}, "bad"})).empty());
}

TEST(Plan, AChunkThatNobodyCanDoEndsTheJobInsteadOfGoingRoundForEver) {
  Plan plan(1, kNoWindow);
  std::uint32_t attempt = 0;
  for (WorkerId id = 1; id < 100; ++id) {
    plan.on(joined(id));
    for (;;) {
      ++attempt;
      if (!plan.wants({id, 0, attempt})) {
        --attempt;
        break;
      }
      const auto actions = plan.on(event::Returned{{id, 0, attempt}, "it burns"});
      if (const auto abandon = only<action::Abandon>(actions); !abandon.empty()) {
        EXPECT_EQ(attempt, Plan::kReturnsOfChunkMax);
        EXPECT_NE(abandon[0].reason.find("it burns"), std::string::npos);
        return;
      }
    }
  }
  FAIL() << "never abandoned";
}

TEST(Plan, AnIdleWorkerGetsCopiesFromTheLongestQueueAndTheFirstResultWins) {
  Plan plan(3, kNoWindow);
  ASSERT_EQ(sent(plan.on(joined(1))).size(), 2u);
  ASSERT_EQ(sent(plan.on(joined(2))).size(), 1u);
  // Worker 2 is through; worker 1 computes chunk 0 while chunk 1 waits behind it.
  const auto grants = sent(plan.on(event::Done{{2, 2, 1}}));
  ASSERT_EQ(grants.size(), 1u);
  EXPECT_EQ(grants[0], (Grant{2, 1, 2}));
  const auto actions = plan.on(event::Done{{2, 1, 2}});
  ASSERT_EQ(only<action::Cancel>(actions).size(), 1u);
  EXPECT_EQ(only<action::Cancel>(actions)[0].grant, (Grant{1, 1, 1}));
  EXPECT_FALSE(plan.wants({1, 1, 1}));
}

TEST(Plan, NothingIsGrantedBeyondTheWindowUntilTheFirstMissingChunkIsWritten) {
  Plan plan(100, 3);
  const auto grants = sent(plan.on(joined(1, 50)));
  ASSERT_EQ(grants.size(), 3u);
  EXPECT_TRUE(sent(plan.on(event::Done{{1, 2, 1}})).empty());
  EXPECT_TRUE(sent(plan.on(event::Done{{1, 0, 1}})).empty());
  const auto more = sent(plan.on(event::Written{1}));
  ASSERT_EQ(more.size(), 1u);
  EXPECT_EQ(more[0].chunk, 3u);
}

// A whole random history: workers come, fail, leave and die, results come in any order. Whatever
// happens, no chunk is accepted twice, none is lost, and the job ends once one worker stays well.
class RandomHistory : public testing::TestWithParam<std::uint32_t> {};

TEST_P(RandomHistory, EndsWithEveryChunkAcceptedOnce) {
  std::mt19937 random(GetParam());
  const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
  const std::uint32_t chunks = 1 + below(40);
  const std::uint32_t window = 1 + below(10);
  Plan plan(chunks, window);
  std::map<WorkerId, std::set<Grant>> held;
  std::map<ChunkId, int> accepted;
  WorkerId next_id = 0;
  ChunkId written = 0;
  bool is_abandoned = false;
  bool is_finished = false;

  const auto feed = [&](const Event& event) {
    for (const Action& action : plan.on(event)) {
      if (const auto* send = std::get_if<action::Send>(&action)) {
        ASSERT_LT(send->grant.chunk, written + window);
        ASSERT_EQ(accepted.count(send->grant.chunk), 0u);
        held.at(send->grant.worker).insert(send->grant);
      } else if (const auto* cancel = std::get_if<action::Cancel>(&action)) {
        held.at(cancel->grant.worker).erase(cancel->grant);
      } else if (const auto* accept = std::get_if<action::Accept>(&action)) {
        ASSERT_EQ(++accepted[accept->grant.chunk], 1);
      } else if (const auto* dismiss = std::get_if<action::Dismiss>(&action)) {
        held.erase(dismiss->worker);
      }
      is_abandoned |= std::holds_alternative<action::Abandon>(action);
      is_finished |= std::holds_alternative<action::Finish>(action);
    }
  };
  const auto any_grant = [&]() -> std::optional<Grant> {
    std::vector<Grant> all;
    for (const auto& [id, grants] : held) all.insert(all.end(), grants.begin(), grants.end());
    if (all.empty()) return std::nullopt;
    return all[below(static_cast<std::uint32_t>(all.size()))];
  };
  const auto join = [&] {
    held[++next_id];
    feed(joined(next_id, 1 + below(3)));
  };
  const auto write = [&] {
    const ChunkId before = written;
    while (accepted.contains(written)) ++written;
    if (written != before) feed(event::Written{written});
  };

  for (int step = 0; step < 300 && !is_abandoned; ++step) {
    const auto grant = any_grant();
    switch (below(8)) {
      case 0:
        if (held.size() < 4) join();
        break;
      case 1:
        if (!held.empty() && below(4) == 0) {
          const WorkerId id = held.begin()->first;
          held.erase(id);
          feed(event::Lost{id});
        }
        break;
      case 2:
        if (grant && below(5) == 0) {
          held.at(grant->worker).erase(*grant);
          feed(event::Returned{*grant, "chance"});
        }
        break;
      case 3:
        if (!held.empty() && below(10) == 0) feed(event::Leaving{held.begin()->first});
        break;
      case 4:
        write();
        break;
      default:
        if (grant) {
          held.at(grant->worker).erase(*grant);
          feed(event::Done{*grant});
        }
    }
  }
  if (is_abandoned) return;
  // Liveness: from here on nothing goes wrong.
  join();
  for (std::uint32_t step = 0; step < 10 * chunks && !is_finished; ++step) {
    if (const auto grant = any_grant()) {
      held.at(grant->worker).erase(*grant);
      feed(event::Done{*grant});
    }
    write();
  }
  EXPECT_TRUE(is_finished);
  EXPECT_EQ(accepted.size(), chunks);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomHistory, testing::Range(0u, 200u));

}  // namespace
}  // namespace mandel
