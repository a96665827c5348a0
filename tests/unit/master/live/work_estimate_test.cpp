#include "master/live/work_estimate.h"

#include <cmath>
#include <gtest/gtest.h>

namespace mandel {
namespace {

// A row costs 1 at the edges of the picture and 1,000 in its middle third.
double cost(std::uint32_t row, std::uint32_t rows) {
  return row >= rows / 3 && row < 2 * rows / 3 ? 1000 : 1;
}

TEST(WorkEstimate, IsOfTheWorkAndNotOfTheRows) {
  WorkEstimate work(900);
  for (std::uint32_t row = 0; row < 900; row += 10) work.done({row, 1}, cost(row, 900));
  EXPECT_NEAR(work.show(kSecond).done, 0.1, 0.01);
  for (std::uint32_t row = 0; row < 300; ++row)
    if (row % 10 != 0) work.done({row, 1}, 1);
  EXPECT_LT(work.show(2 * kSecond).done, 0.11) << "a third of the rows is next to nothing here";
}

TEST(WorkEstimate, OfNothingIsNothing) {
  WorkEstimate work(0);
  EXPECT_EQ(work.show(kSecond).done, 0);
}

TEST(WorkEstimate, NeverFallsAndEndsAtOne) {
  for (const std::uint32_t rows : {1u, 5u, 1024u, 100'000u}) {
    WorkEstimate work(rows);
    const std::uint32_t chunk = std::max(1u, rows / 50);
    double last = 0;
    for (std::uint32_t first = 0, n = 1; first < rows; first += chunk, ++n) {
      const Band band{first, std::min(chunk, rows - first)};
      double all = 0;
      for (std::uint32_t row = band.first_row; row < band.first_row + band.rows; ++row)
        all += cost(row, rows);
      work.done(band, all);
      const double done = work.show(n * kSecond).done;
      EXPECT_GE(done, last);
      EXPECT_LE(done, 1);
      last = done;
    }
    EXPECT_NEAR(last, 1, 1e-9);
  }
}

TEST(WorkEstimate, TellsTheTimeLeftWhereCostsAreEven) {
  WorkEstimate work(100);
  EXPECT_FALSE(work.show(0).left_s);
  for (std::uint32_t row = 0; row < 50; ++row) {
    work.done({row, 1}, 5);
    work.show((row + 1) * kSecond);
  }
  EXPECT_NEAR(*work.show(50 * kSecond).left_s, 50, 1);
}

// Half-way all that is left turns out to cost a hundred times more: the time left follows, and does
// not jump.
TEST(WorkEstimate, TheTimeLeftMovesWithInertia) {
  WorkEstimate work(100);
  for (std::uint32_t row = 0; row < 50; ++row) {
    work.done({row, 1}, 5);
    work.show((row + 1) * kSecond);
  }
  double left = *work.show(50 * kSecond).left_s;
  work.done({50, 1}, 500);
  const double soon = *work.show(50 * kSecond + kSecond / 10).left_s;
  EXPECT_GT(soon, left);
  for (Nanoseconds at = 502; at < 800; ++at) {
    const double next = *work.show(at * kSecond / 10).left_s;
    EXPECT_LT(std::abs(next - left), 200) << at;
    left = next;
  }
  EXPECT_GT(left, 1000) << "and in the end it is there";
}

TEST(WorkEstimate, BetweenRowsThatAreKnownTakesTheMiddle) {
  WorkEstimate work(5);
  work.done({0, 1}, 1);
  work.done({4, 1}, 9);
  EXPECT_NEAR(work.show(kSecond).done, 10.0 / (1 + 3 + 5 + 7 + 9), 1e-9);
}

TEST(WorkEstimate, DoesNotTakeWhatAnEarlierRunDidForItsOwnSpeed) {
  WorkEstimate work(100);
  work.done_before({0, 80});
  work.done({80, 1}, 5);
  EXPECT_NEAR(work.show(kSecond).done, 0.81, 1e-9);
  EXPECT_NEAR(*work.show(kSecond).left_s, 19, 1);
}

TEST(WorkEstimate, TakesBackWhatHasToBeDoneAgain) {
  WorkEstimate work(100);
  work.done({0, 50}, 500);
  EXPECT_NEAR(work.show(kSecond).done, 0.5, 1e-9);
  work.undone({0, 25});
  EXPECT_NEAR(work.show(2 * kSecond).done, 0.25, 1e-9);
}

}  // namespace
}  // namespace mandel
