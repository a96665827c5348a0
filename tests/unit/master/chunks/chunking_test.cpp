// Whatever the cut, every row is in exactly one chunk.
#include "master/chunks/chunking.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <vector>

namespace mandel {
namespace {

TEST(Chunking, BandsCoverAllRowsOnceAndDifferByOneAtMost) {
  for (const std::uint32_t rows : {1u, 2u, 7u, 500u, 501u, 1000u}) {
    for (std::uint32_t chunks = 1; chunks <= rows; ++chunks) {
      const Chunking chunking(rows, chunks);
      std::uint32_t next_row = 0;
      for (std::uint32_t chunk = 0; chunk < chunks; ++chunk) {
        const Band band = chunking.band(chunk);
        ASSERT_EQ(band.first_row, next_row);
        ASSERT_GE(band.rows, rows / chunks);
        ASSERT_LE(band.rows, rows / chunks + 1);
        ASSERT_LE(band.rows, chunking.band(0).rows) << "the first is the largest";
        next_row += band.rows;
      }
      ASSERT_EQ(next_row, rows);
    }
  }
}

// Each row is in one chunk, and chunk_at() finds it.
void expect_whole(const Chunking& chunking) {
  std::vector<std::uint32_t> times(chunking.rows());
  for (ChunkId chunk = 0; chunk < chunking.chunks(); ++chunk) {
    const Band band = chunking.band(chunk);
    ASSERT_GE(band.rows, 1u);
    ASSERT_LE(band.rows, chunking.band_rows_max());
    for (std::uint32_t row = band.first_row; row < band.first_row + band.rows; ++row) {
      ASSERT_LT(row, chunking.rows());
      ++times[row];
      ASSERT_EQ(chunking.chunk_at(row), chunk);
    }
  }
  EXPECT_EQ(std::ranges::count(times, 1u), chunking.rows());
}

TEST(Chunking, OfAnOpeningAndItsRestHasEveryRowOnce) {
  for (const std::uint32_t first_row : {0u, 1u, 37u, 70u})
    for (const Opening& opening : {Opening{first_row, 2, 3, 4}, Opening{first_row, 5, 1, 5}}) {
      const std::uint32_t least = opening.end_row() < 100 && first_row > 0 ? 2 : 1;
      for (std::uint32_t rest = least; rest <= 100 - opening.rows(); ++rest) {
        SCOPED_TRACE(testing::Message() << first_row << " " << rest);
        Chunking chunking(100, opening, 0);
        EXPECT_FALSE(chunking.is_whole());
        EXPECT_EQ(chunking.chunks(), opening.chunks());
        EXPECT_EQ(chunking.chunk_at(0).has_value(), first_row == 0);
        const Band last = chunking.band(opening.chunks() - 1);
        chunking.cut_rest(rest);
        EXPECT_EQ(chunking.band(opening.chunks() - 1), last) << "what was cut stays";
        EXPECT_EQ(chunking.chunks(), opening.chunks() + rest);
        expect_whole(chunking);
      }
    }
}

TEST(Chunking, OpeningsAreGroupsOfOneRowAndSomeBands) {
  const Chunking chunking(100, Opening{50, 2, 2, 7}, 0);
  const Band bands[] = {{50, 1}, {51, 7}, {58, 7}, {65, 1}, {66, 7}, {73, 7}};
  for (ChunkId chunk = 0; chunk < 6; ++chunk) EXPECT_EQ(chunking.band(chunk), bands[chunk]);
}

TEST(Chunking, RefusesWhatIsNoCut) {
  const Opening opening{40, 2, 3, 4};
  EXPECT_TRUE(Chunking::is_possible(100, opening, 2));
  EXPECT_TRUE(Chunking::is_possible(100, opening, 0)) << "not yet";
  EXPECT_FALSE(Chunking::is_possible(100, opening, 1)) << "above and below";
  EXPECT_FALSE(Chunking::is_possible(100, opening, 75));
  EXPECT_FALSE(Chunking::is_possible(65, opening, 2)) << "beyond the last row";
  EXPECT_FALSE(Chunking::is_possible(26, {0, 2, 3, 4}, 0)) << "no rest";
  EXPECT_FALSE(Chunking::is_possible(100, {0, 2, 0, 0}, 3));
  EXPECT_FALSE(Chunking::is_possible(100, {0, UINT32_MAX, UINT32_MAX, UINT32_MAX}, 3));
  EXPECT_FALSE(Chunking::is_possible(100, {UINT32_MAX, 2, 3, 4}, 3));
  EXPECT_FALSE(Chunking::is_possible(100, {}, 0));
}

TEST(Chunking, FitsTheRestIntoBandsOfAtMostSoManyRows) {
  const Opening opening{5, 2, 3, 4};
  EXPECT_EQ(Chunking::fit_rest(100, opening, 1, 100), 2u);
  EXPECT_EQ(Chunking::fit_rest(100, opening, 9, 100), 9u);
  EXPECT_EQ(Chunking::fit_rest(100, opening, 900, 100), 74u);
  EXPECT_EQ(Chunking::fit_rest(100, opening, 1, 1), 74u);
  for (std::uint32_t rows_max = 1; rows_max < 70; ++rows_max) {
    const std::uint32_t rest = Chunking::fit_rest(100, opening, 1, rows_max);
    EXPECT_LE(Chunking(100, opening, rest).rest_rows_max(), rows_max);
    EXPECT_LE(rest, 2 * (74 / rows_max + 1)) << "and no more than it takes";
  }
}

}  // namespace
}  // namespace mandel
