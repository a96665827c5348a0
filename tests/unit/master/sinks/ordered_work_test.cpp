// Results in order, whatever takes how long, and threads that really share the work.
#include "master/sinks/ordered_work.h"

#include <gtest/gtest.h>
#include <latch>
#include <stdexcept>

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

}  // namespace
}  // namespace mandel
