#include "master/live/lane_grid.h"

#include <gtest/gtest.h>
#include <numeric>

namespace mandel {
namespace {

constexpr std::size_t kComputing = 0;
constexpr std::size_t kWire = 3;

// Of all columns together, what went into a part, in seconds.
double told(const LaneColumns& lanes, std::uint32_t row, std::size_t part) {
  double shares = 0;
  for (const auto& column : lanes.columns) shares += column->shares[row * kTimeParts.size() + part];
  return shares / 255 * seconds(lanes.column_ns);
}

TEST(LaneGrid, CutsASliceIntoColumns) {
  LaneGrid grid(kSecond);
  grid.add_row();
  grid.add(0, kComputing, kSecond / 2, 5 * kSecond / 2, 1);
  const LaneColumns shown = grid.show(1);
  ASSERT_EQ(shown.columns.size(), 3u);
  EXPECT_EQ(shown.columns[0]->shares[kComputing], 128);
  EXPECT_EQ(shown.columns[1]->shares[kComputing], 255);
  EXPECT_EQ(shown.columns[2]->shares[kComputing], 128);
}

TEST(LaneGrid, SharesARowByWeight) {
  LaneGrid grid(kSecond);
  grid.add_row();
  grid.add(0, kComputing, 0, kSecond, 0.75);
  grid.add(0, kWire, 0, kSecond, 0.25);
  const LaneColumns shown = grid.show(1);
  EXPECT_EQ(shown.columns[0]->shares[kComputing], 191);
  EXPECT_EQ(shown.columns[0]->shares[kWire], 64);
}

TEST(LaneGrid, OfAJobOfAnyLengthHasABoundAndForgetsNothing) {
  LaneGrid grid(10 * kMillisecond);
  for (std::uint32_t row = 0; row < 40; ++row) grid.add_row();
  const Nanoseconds hours = 3 * 3600 * kSecond;
  for (Nanoseconds at = 0; at < hours; at += 10 * kSecond) {
    grid.add(7, kComputing, at, at + 8 * kSecond, 1);
    grid.add(7, kWire, at + 8 * kSecond, at + 10 * kSecond, 1);
  }
  const LaneColumns shown = grid.show(1);
  EXPECT_LE(shown.columns.size() * shown.rows, LaneGrid::kCellsMax);
  EXPECT_GT(shown.columns.size() * shown.rows, LaneGrid::kCellsMax / 3);
  EXPECT_NEAR(told(shown, 7, kComputing), 0.8 * seconds(hours), 0.01 * seconds(hours));
  EXPECT_NEAR(told(shown, 7, kWire), 0.2 * seconds(hours), 0.01 * seconds(hours));
  EXPECT_EQ(told(shown, 8, kComputing), 0);
}

TEST(LaneGrid, TakesOnePointThatIsFarAheadOfAllBefore) {
  for (const Nanoseconds span : {Nanoseconds{0}, 60 * kSecond}) {
    LaneGrid grid(10 * kMillisecond, span);
    grid.add_row();
    grid.add(0, kComputing, 1'000'000 * kSecond, 1'000'001 * kSecond, 1);
    const LaneColumns shown = grid.show(1);
    EXPECT_LE(shown.columns.size(), LaneGrid::kColumnsMax);
    EXPECT_GT(told(shown, 0, kComputing), span > 0 ? 0.9 : -1);
  }
}

TEST(LaneGrid, OfTheLastMinuteHasThatAndNoMore) {
  LaneGrid grid(200 * kMillisecond, 60 * kSecond);
  grid.add_row();
  for (Nanoseconds at = 0; at < 1000 * kSecond; at += kSecond)
    grid.add(0, kComputing, at, at + kSecond, 1);
  const LaneColumns shown = grid.show(1);
  EXPECT_NEAR(told(shown, 0, kComputing), 60, 1);
  EXPECT_EQ(shown.first * shown.column_ns, 1000 * kSecond - 60 * kSecond - shown.column_ns);
  grid.add(0, kWire, 0, 5 * kSecond, 1);  // told far too late
  EXPECT_EQ(told(grid.show(2), 0, kWire), 0);
}

TEST(LaneGrid, MarksWhatHasChanged) {
  LaneGrid grid(kSecond);
  grid.add_row();
  grid.add(0, kComputing, 0, 2 * kSecond, 1);
  EXPECT_EQ(grid.show(1).reshaped, 1u);
  grid.add(0, kWire, kSecond, 3 * kSecond, 1);
  const LaneColumns shown = grid.show(2);
  EXPECT_EQ(shown.reshaped, 1u);
  EXPECT_EQ(shown.columns[0]->version, 1u);
  EXPECT_EQ(shown.columns[1]->version, 2u);
  EXPECT_EQ(shown.columns[2]->version, 2u);
  grid.add_row();
  EXPECT_EQ(grid.show(3).reshaped, 3u) << "every column has a row more";
}

}  // namespace
}  // namespace mandel
