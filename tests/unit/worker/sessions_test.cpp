#include "worker/sessions.h"

#include <gtest/gtest.h>
#include <map>

namespace mandel {
namespace {

OpenedJob job_of_rows(std::size_t rows) {
  auto axes = std::make_shared<Axes>();
  axes->xs.resize(10);
  axes->ys.resize(rows);
  return {axes, 100};
}

QueuedTask task(std::uint32_t chunk, std::uint32_t first_row = 0, std::uint32_t rows = 1) {
  return {{1, chunk, 1}, first_row, rows, 0};
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
      sessions_.settle(sessions_.pick()->session, 100);
    }
  }
  // How many of the next picks are `peer`'s, when all tasks take the same time.
  int picks_of(const std::string& peer, int picks) {
    int of_peer = 0;
    for (int n = 0; n < picks; ++n) {
      const auto picked = sessions_.pick();
      of_peer += picked->session.peer == peer;
      sessions_.settle(picked->session, 100);
    }
    return of_peer;
  }

  Sessions sessions_{{.sessions = 3, .jobs_per_session = 2, .tasks_per_session = 8, .silence = 10}};
};

TEST_F(SessionsTest, ATaskComesBackWithItsJobAndInOrder) {
  join("a");
  queue("a", 2);
  EXPECT_EQ(sessions_.queued(), 2u);
  const auto first = sessions_.pick();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->session.peer, "a");
  EXPECT_EQ(first->task.key.chunk, 0u);
  EXPECT_EQ(first->job.max_iter, 100u);
  EXPECT_EQ(sessions_.pick()->task.key.chunk, 1u);
  EXPECT_FALSE(sessions_.pick());
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
    sessions_.settle(picked->session, cost.at(peer));
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

TEST_F(SessionsTest, AMasterThatDoesNotReadItsResultsGetsNoMoreComputed) {
  join("a");
  queue("a", 2);
  const auto picked = sessions_.pick();
  *picked->unsent = sessions_.limits().unsent_bytes + 1;
  EXPECT_FALSE(sessions_.pick());
  *picked->unsent = 0;
  EXPECT_TRUE(sessions_.pick());
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
  sessions_.settle(picked->session, 1);
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
  EXPECT_FALSE(sessions_.open("a", 3, job_of_rows(1)));
  join("b");
  join("c");
  EXPECT_FALSE(sessions_.greet("d", 0));
}

TEST_F(SessionsTest, ACancelledTaskIsNeverPicked) {
  join("a");
  queue("a", 3);
  EXPECT_TRUE(sessions_.cancel("a", {1, 1, 1}));
  EXPECT_FALSE(sessions_.cancel("a", {1, 1, 1}));
  EXPECT_EQ(sessions_.pick()->task.key.chunk, 0u);
  EXPECT_EQ(sessions_.pick()->task.key.chunk, 2u);
}

TEST_F(SessionsTest, WhatTheLanesHaveOfADroppedSessionIsNotTheNextOnes) {
  join("a");
  queue("a", 1);
  const auto picked = sessions_.pick();
  sessions_.drop("a");
  join("a");
  EXPECT_FALSE(sessions_.is_current(picked->session));
  sessions_.settle(picked->session, 5);  // must not touch, let alone trip over, the new session
  queue("a", 1);
  EXPECT_TRUE(sessions_.is_current(sessions_.pick()->session));
}

TEST_F(SessionsTest, SilenceIsMeasuredFromTheLastWord) {
  join("a");
  join("b");
  sessions_.heard("a", 5);
  EXPECT_TRUE(sessions_.silent(10).empty());
  EXPECT_EQ(sessions_.silent(11), std::vector<std::string>{"b"});
  EXPECT_EQ(sessions_.silent(16).size(), 2u);
}

}  // namespace
}  // namespace mandel
