// Results in order, whatever takes how long, and threads that really share the work.
#include "master/sinks/ordered_work.h"

#include <atomic>
#include <csignal>
#include <gtest/gtest.h>
#include <latch>
#include <stdexcept>
#include <unistd.h>

namespace mandel {
namespace {

TEST(OrderedWork, ResultsComeInTheOrderOfThePieces) {
  OrderedWork<int> work(3);
  std::latch later(1);
  work.give([&] {
    later.wait();
    return 0;
  });
  for (int k = 1; k < 50; ++k) work.give([k] { return k; });
  EXPECT_EQ(work.under_way(), 50u);
  EXPECT_FALSE(work.is_ready()) << "others are, but not the first";
  later.count_down();
  for (int k = 0; k < 50; ++k) EXPECT_EQ(work.take(), k);
  EXPECT_EQ(work.under_way(), 0u);
  EXPECT_FALSE(work.is_ready());
}

TEST(OrderedWork, PiecesRunAtTheSameTime) {
  OrderedWork<int> work(2);
  std::latch both(2);
  for (int k = 0; k < 2; ++k)
    work.give([&] {
      both.arrive_and_wait();
      return 1;
    });
  EXPECT_EQ(work.take() + work.take(), 2);
}

TEST(OrderedWork, WhatAPieceThrowsIsThrownByTake) {
  OrderedWork<int> work(1);
  work.give([]() -> int { throw std::runtime_error("no memory"); });
  work.give([] { return 2; });
  EXPECT_THROW(work.take(), std::runtime_error);
  EXPECT_EQ(work.take(), 2);
}

TEST(OrderedWork, EndsThoughResultsWereNotTaken) {
  std::atomic<int> begun = 0;
  {
    OrderedWork<int> work(1);
    for (int k = 0; k < 1000; ++k) work.give([&] { return ++begun; });
    EXPECT_EQ(work.take(), 1);
  }
  const int at_the_end = begun;
  EXPECT_GE(at_the_end, 1);
}

// A signal to the process is for the thread that waits for it, even while that is doing otherwise.
TEST(OrderedWork, ItsThreadsTakeNoSignal) {
  static std::atomic<bool> is_taken = false;
  struct sigaction before{};
  struct sigaction take{};
  take.sa_handler = [](int) { is_taken = true; };
  ASSERT_EQ(sigaction(SIGUSR1, &take, &before), 0);
  sigset_t ours;
  sigemptyset(&ours);
  sigaddset(&ours, SIGUSR1);
  {
    OrderedWork<int> work(1);
    const auto run_one = [&] {
      work.give([] { return 1; });
      work.take();
    };
    run_one();  // the thread has begun, and not with our mask
    ASSERT_EQ(pthread_sigmask(SIG_BLOCK, &ours, nullptr), 0);
    ASSERT_EQ(kill(getpid(), SIGUSR1), 0);
    run_one();  // and has been in the system, from where a signal comes
  }
  EXPECT_FALSE(is_taken);
  const timespec at_once{};
  EXPECT_EQ(sigtimedwait(&ours, nullptr, &at_once), SIGUSR1);
  pthread_sigmask(SIG_UNBLOCK, &ours, nullptr);
  sigaction(SIGUSR1, &before, nullptr);
}

}  // namespace
}  // namespace mandel
