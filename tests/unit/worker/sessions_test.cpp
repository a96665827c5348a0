// Masters share the lanes evenly, whatever they ask for and whenever they come.
#include "worker/sessions.h"

#include <gtest/gtest.h>
#include <map>

namespace mandel {
namespace {

OpenedJob job_of_rows(std::size_t rows) {
  auto axes = std::make_shared<Axes>();
  axes->xs.resize(10);
  axes->ys.resize(rows);
  return {{TutorialGrid{}, 100}, axes};
}

QueuedTask task(std::uint32_t chunk, std::uint32_t first_row = 0, std::uint32_t rows = 1) {
  return {{1, chunk, 1}, first_row, rows, 0};
}

class NoEngine final : public DeepEngine {
 public:
  KernelStats run(std::uint32_t, std::uint32_t, std::span<std::uint32_t>, StopPoll) override {
    return {};
  }
};

OpenedJob deep_job(std::uint32_t max_iter) {
  OpenedJob opened = job_of_rows(10);
  opened.job = {DeepView{"0", "0", "1e-30", "1e-30", 10, 10}, max_iter};
  opened.deep = std::make_shared<NoEngine>();
  return opened;
}

class SessionsTest : public testing::Test {
 protected:
  void join(const std::string& peer) {
    ASSERT_TRUE(sessions_.greet(peer, 0));
    ASSERT_TRUE(sessions_.open(peer, 1, job_of_rows(100)));
  }
  void queue(const std::string& peer, std::uint32_t chunks) {
    for (std::uint32_t chunk = 0; chunk < chunks; ++chunk)
      ASSERT_TRUE(sessions_.enqueue(peer, task(chunk)));
  }

  // One task after another of a master that has the worker to itself.
  void serve_alone(const std::string& peer, int tasks) {
    for (int n = 0; n < tasks; ++n) {
      queue(peer, 1);
      sessions_.settle(*sessions_.pick(), 100);
    }
  }
  // How many of the next picks are `peer`'s, when all tasks take the same time.
  int picks_of(const std::string& peer, int picks) {
    int of_peer = 0;
    for (int n = 0; n < picks; ++n) {
      const auto picked = sessions_.pick();
      of_peer += picked->session.peer == peer;
      sessions_.settle(*picked, 100);
    }
    return of_peer;
  }

  Sessions sessions_{{.sessions = 3, .jobs_per_session = 2, .tasks_per_session = 8, .silence = 10}};
};

TEST_F(SessionsTest, AMasterReadsWhatItSaidAndRawInAnyCase) {
  ASSERT_TRUE(sessions_.greet("a", 0, {wire::PLANES_LZ4}));
  ASSERT_TRUE(sessions_.greet("b", 0));
  EXPECT_TRUE(sessions_.reads("a", wire::PLANES_LZ4));
  EXPECT_TRUE(sessions_.reads("a", wire::RAW_U32));
  EXPECT_TRUE(sessions_.reads("b", wire::RAW_U32));
  EXPECT_FALSE(sessions_.reads("b", wire::PLANES_LZ4));
  EXPECT_FALSE(sessions_.reads("b", wire::ENCODING_UNSPECIFIED));
  EXPECT_FALSE(sessions_.reads("nobody", wire::RAW_U32));
}

TEST_F(SessionsTest, ATaskComesBackWithItsJobAndInOrder) {
  join("a");
  queue("a", 2);
  EXPECT_EQ(sessions_.queued(), 2u);
  const auto first = sessions_.pick();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->session.peer, "a");
  EXPECT_EQ(first->task.key.chunk, 0u);
  EXPECT_EQ(first->job.job.max_iter, 100u);
  EXPECT_EQ(sessions_.pick()->task.key.chunk, 1u);
  EXPECT_FALSE(sessions_.pick());
}

TEST_F(SessionsTest, AMasterForWhoseResultThereIsNoRoomLetsOthersGoFirst) {
  join("a");
  join("b");
  queue("a", 2);
  queue("b", 1);
  std::map<std::string, std::size_t> in_lanes;
  const auto only_b = [&](const std::string& peer, std::size_t lanes, std::size_t bytes) {
    in_lanes[peer] = lanes;
    EXPECT_EQ(bytes, 10 * sizeof(std::uint32_t)) << "a row of ten";
    return peer == "b";
  };
  const auto first = sessions_.pick(only_b);
  EXPECT_EQ(first->session.peer, "b");
  EXPECT_FALSE(sessions_.pick(only_b));
  const auto second = sessions_.pick();
  EXPECT_EQ(second->session.peer, "a");
  EXPECT_FALSE(sessions_.pick(only_b));
  EXPECT_EQ(in_lanes["a"], 10 * sizeof(std::uint32_t));
  sessions_.settle(*second, 1);
  EXPECT_FALSE(sessions_.pick(only_b));
  EXPECT_EQ(in_lanes["a"], 0u);
}

TEST_F(SessionsTest, LaneTimeIsSharedEvenlyHoweverUnequalTheTasks) {
  join("light");
  join("heavy");
  const std::map<std::string, Nanoseconds> cost = {{"light", 1}, {"heavy", 10}};
  std::map<std::string, Nanoseconds> served;
  for (int round = 0; round < 400; ++round) {
    for (const char* peer : {"light", "heavy"})
      if (sessions_.enqueue(peer, task(0))) continue;  // refused when full, which keeps both full
    const auto picked = sessions_.pick();
    ASSERT_TRUE(picked);
    const std::string peer = picked->session.peer;
    served[peer] += cost.at(peer);
    sessions_.settle(*picked, cost.at(peer));
  }
  EXPECT_NEAR(static_cast<double>(served["light"]) / static_cast<double>(served["heavy"]), 1.0,
              0.1);
}

TEST_F(SessionsTest, AMasterThatJoinsLateHasNoSavedUpClaim) {
  join("old");
  serve_alone("old", 50);
  queue("old", 8);
  join("new");
  queue("new", 8);
  const int of_new = picks_of("new", 8);
  EXPECT_GE(of_new, 3);
  EXPECT_LE(of_new, 5);
}

TEST_F(SessionsTest, NorDoesOneThatJoinsWhileTheOtherIsIdleForAMoment) {
  join("old");
  serve_alone("old", 50);
  join("new");  // "old" has nothing queued just now
  queue("new", 8);
  queue("old", 8);
  const int of_new = picks_of("new", 8);
  EXPECT_GE(of_new, 3);
  EXPECT_LE(of_new, 5);
}

TEST_F(SessionsTest, AMasterThatDoesNotAcknowledgeItsResultsGetsNoMoreComputed) {
  join("a");
  queue("a", 3);
  const std::size_t half = sessions_.limits().unacked_bytes / 2;
  sessions_.sent("a", {1, 7}, half);
  sessions_.sent("a", {1, 8}, half);
  EXPECT_TRUE(sessions_.pick()) << "at the limit, not beyond it";
  sessions_.sent("a", {1, 9}, 1);
  EXPECT_FALSE(sessions_.pick());
  sessions_.acked("a", {1, 8});
  EXPECT_TRUE(sessions_.pick());
}

TEST_F(SessionsTest, ManySmallUnacknowledgedResultsAreTooManyAsWell) {
  join("a");
  queue("a", 1);
  for (std::uint32_t chunk = 0; chunk <= sessions_.limits().unacked_results; ++chunk)
    sessions_.sent("a", {1, chunk}, 4);
  EXPECT_FALSE(sessions_.pick());
  sessions_.acked("a", {1, 0});
  EXPECT_TRUE(sessions_.pick());
}

TEST_F(SessionsTest, OneMastersUnacknowledgedResultsAreNoOtherMasters) {
  join("a");
  join("b");
  queue("a", 1);
  queue("b", 1);
  sessions_.sent("a", {1, 1}, sessions_.limits().unacked_bytes + 1);
  EXPECT_EQ(sessions_.pick()->session.peer, "b");
  sessions_.acked("b", {1, 1});
  EXPECT_FALSE(sessions_.pick()) << "a's result, which b has nothing to say about";
}

TEST_F(SessionsTest, AResultSentTwiceCountsOnceAndOneSentAgainAfterItsAckCountsAgain) {
  join("a");
  queue("a", 2);
  const std::size_t limit = sessions_.limits().unacked_bytes;
  sessions_.sent("a", {1, 1}, limit);
  sessions_.sent("a", {1, 1}, limit);
  EXPECT_TRUE(sessions_.pick()) << "the counts are in memory once";
  sessions_.acked("a", {1, 1});
  sessions_.acked("a", {1, 1});  // late, not wrong
  sessions_.sent("a", {1, 1}, limit + 1);
  EXPECT_FALSE(sessions_.pick());
}

TEST_F(SessionsTest, ABeatListsWhatIsQueuedAndWhatIsInTheLanesOfThisMasterOnly) {
  join("a");
  join("b");
  queue("a", 3);
  queue("b", 1);
  std::map<std::uint64_t, std::uint64_t> ticks;  // as the pool has them
  ASSERT_EQ(sessions_.pick()->session.peer, "a");
  const auto other = sessions_.pick();
  ASSERT_EQ(other->session.peer, "b");
  const auto picked = sessions_.pick();
  ticks[picked->id] = 5;
  ASSERT_EQ(picked->task.key.chunk, 1u);
  std::map<std::uint32_t, std::uint64_t> listed;  // ticks by chunk
  const auto ticks_of = [&](std::uint64_t id) { return ticks[id]; };
  for (const auto& [key, count] : sessions_.tasks("a", ticks_of)) listed[key.chunk] = count;
  EXPECT_EQ(listed, (std::map<std::uint32_t, std::uint64_t>{{0, 0}, {1, 5}, {2, 0}}));
}

TEST_F(SessionsTest, WhatIsFinishedIsNotListedAndWhatWasCancelledComesLastWhileALaneIsAtIt) {
  join("a");
  queue("a", 4);
  const auto finished = sessions_.pick();
  const auto cancelled = sessions_.pick();
  sessions_.settle(*finished, 1);
  EXPECT_EQ(sessions_.cancel("a", cancelled->task.key), std::vector{cancelled->id});
  EXPECT_TRUE(sessions_.cancel("a", {1, 2, 1}).empty()) << "still queued";
  const auto listed = sessions_.tasks("a", [](std::uint64_t) { return 1; });
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0].key.chunk, 3u);
  EXPECT_EQ(listed[1].key, cancelled->task.key);
}

TEST_F(SessionsTest, ACancelledTaskInTheLanesIsNobodysAndHoldsNoCredit) {
  join("a");
  queue("a", 8);
  const auto picked = sessions_.pick();
  EXPECT_FALSE(sessions_.enqueue("a", task(8)));
  sessions_.cancel("a", picked->task.key);
  EXPECT_TRUE(sessions_.enqueue("a", task(8))) << "its master can't know that a lane still has it";
  EXPECT_FALSE(sessions_.settle(*picked, 1)) << "a result now is for nobody";
}

TEST_F(SessionsTest, CoordinatesOfAllJobsTogetherHaveABound) {
  Sessions small({.axes_bytes = 1000});
  ASSERT_TRUE(small.greet("a", 0));
  EXPECT_TRUE(small.open("a", 1, job_of_rows(90)));  // 100 coordinates, 800 bytes
  EXPECT_FALSE(small.open("a", 2, job_of_rows(90)));
}

TEST_F(SessionsTest, WhatWaitsInTheLanesCountsToo) {
  join("a");
  join("b");
  queue("a", 4);
  queue("b", 4);
  // Nothing settles, as when tasks take long: the picks must alternate all the same.
  std::map<std::string, int> picks;
  for (int n = 0; n < 4; ++n) ++picks[sessions_.pick()->session.peer];
  EXPECT_EQ(picks["a"], 2);
  EXPECT_EQ(picks["b"], 2);
}

TEST_F(SessionsTest, CreditIsEnforcedOverQueueAndLanes) {
  join("a");
  queue("a", 8);
  EXPECT_FALSE(sessions_.enqueue("a", task(8)));
  const auto picked = sessions_.pick();
  EXPECT_FALSE(sessions_.enqueue("a", task(8))) << "what is in the lanes is still held";
  sessions_.settle(*picked, 1);
  EXPECT_TRUE(sessions_.enqueue("a", task(8)));
}

TEST_F(SessionsTest, TasksOutsideTheirJobAreRefused) {
  join("a");
  EXPECT_FALSE(sessions_.enqueue("a", task(0, 0, 0)));
  EXPECT_FALSE(sessions_.enqueue("a", task(0, 100, 1)));
  EXPECT_FALSE(sessions_.enqueue("a", task(0, 99, 2)));
  EXPECT_FALSE(sessions_.enqueue("a", task(0, 1, UINT32_MAX)));
  EXPECT_FALSE(sessions_.enqueue("a", {{2, 0, 1}, 0, 1, 0})) << "a job that was never opened";
  EXPECT_TRUE(sessions_.enqueue("a", task(0, 99, 1)));
}

TEST_F(SessionsTest, SessionsAndJobsHaveBounds) {
  join("a");
  EXPECT_FALSE(sessions_.greet("a", 0));
  EXPECT_FALSE(sessions_.open("a", 1, job_of_rows(1))) << "opened twice";
  EXPECT_FALSE(sessions_.open("a", 0, job_of_rows(1)));
  EXPECT_TRUE(sessions_.open("a", 2, job_of_rows(1)));
  join("b");
  join("c");
  EXPECT_FALSE(sessions_.greet("d", 0));
}

TEST_F(SessionsTest, AJobTooManyClosesTheOldestThatNoTaskWaitsFor) {
  join("a");
  queue("a", 1);
  sessions_.sent("a", {2, 0}, sessions_.limits().unacked_bytes + 1);
  ASSERT_TRUE(sessions_.open("a", 2, job_of_rows(1)));
  ASSERT_TRUE(sessions_.open("a", 3, job_of_rows(1)));
  EXPECT_NE(sessions_.job("a", 1), nullptr) << "a task waits";
  EXPECT_EQ(sessions_.job("a", 2), nullptr);
  EXPECT_NE(sessions_.job("a", 3), nullptr);
  EXPECT_TRUE(sessions_.pick()) << "what nobody can acknowledge any more does not count";
  ASSERT_TRUE(sessions_.enqueue("a", {{1, 5, 1}, 0, 1, 0}));
  ASSERT_TRUE(sessions_.enqueue("a", {{3, 0, 1}, 0, 1, 0}));
  EXPECT_FALSE(sessions_.open("a", 4, job_of_rows(1))) << "tasks of all of them wait";
}

TEST_F(SessionsTest, ACancelledTaskIsNeverPicked) {
  join("a");
  queue("a", 3);
  EXPECT_TRUE(sessions_.cancel("a", {1, 1, 1}).empty());
  EXPECT_EQ(sessions_.pick()->task.key.chunk, 0u);
  EXPECT_EQ(sessions_.pick()->task.key.chunk, 2u);
}

TEST_F(SessionsTest, WhatTheLanesHaveOfADroppedSessionIsNotTheNextOnes) {
  join("a");
  queue("a", 1);
  const auto picked = sessions_.pick();
  EXPECT_EQ(sessions_.drop("a"), std::vector{picked->id}) << "for the lanes to stop";
  join("a");
  // Must not touch, let alone trip over, the new session.
  EXPECT_FALSE(sessions_.settle(*picked, 5));
  EXPECT_TRUE(sessions_.tasks("a", [](std::uint64_t) { return 1; }).empty());
  queue("a", 1);
  EXPECT_TRUE(sessions_.settle(*sessions_.pick(), 5));
}

TEST_F(SessionsTest, SilenceIsMeasuredFromTheLastWord) {
  join("a");
  join("b");
  sessions_.heard("a", 5);
  EXPECT_TRUE(sessions_.silent(10).empty());
  EXPECT_EQ(sessions_.silent(11), std::vector<std::string>{"b"});
  EXPECT_EQ(sessions_.silent(16).size(), 2u);
}

TEST_F(SessionsTest, EqualPicturesOfTrueCountShareTheirEngineUntilTheLastIsGone) {
  const OpenedJob opened = deep_job(100);
  for (const char* peer : {"a", "b"}) join(peer);
  ASSERT_TRUE(sessions_.open("a", 2, opened));
  EXPECT_EQ(sessions_.engine_of(opened.job), opened.deep) << "for any session";
  EXPECT_EQ(sessions_.engine_of(deep_job(101).job), nullptr) << "it is another picture";
  ASSERT_TRUE(sessions_.open("b", 2, opened));
  sessions_.drop("a");
  EXPECT_EQ(sessions_.engine_of(opened.job), opened.deep);
  sessions_.drop("b");
  EXPECT_EQ(sessions_.engine_of(opened.job), nullptr);
  EXPECT_EQ(opened.deep.use_count(), 1) << "what it prepared would stay in memory";
}

TEST_F(SessionsTest, PicturesOfTrueCountAreBounded) {
  Sessions sessions({.deep_engines = 2});
  for (const char* peer : {"a", "b", "late"}) ASSERT_TRUE(sessions.greet(peer, 0));
  ASSERT_TRUE(sessions.open("a", 1, deep_job(1)));
  ASSERT_TRUE(sessions.open("b", 1, deep_job(2)));
  EXPECT_FALSE(sessions.open("late", 1, deep_job(3)));
  OpenedJob equal = deep_job(2);
  equal.deep = sessions.engine_of(equal.job);
  EXPECT_TRUE(sessions.open("late", 1, equal)) << "it costs nothing more";
  ASSERT_TRUE(sessions.open("a", 2, job_of_rows(5))) << "other jobs are not meant";
}

}  // namespace
}  // namespace mandel
