#include "master/chunking.h"

#include <gtest/gtest.h>

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

TEST(Chunking, OfListedBandsIsTheList) {
  const Chunking chunking(100, {{70, 8}, {0, 1}});
  EXPECT_EQ(chunking.chunks(), 2u);
  EXPECT_EQ(chunking.rows(), 100u);
  EXPECT_EQ(chunking.band(0), (Band{70, 8}));
  EXPECT_EQ(chunking.band(1), (Band{0, 1}));
}

}  // namespace
}  // namespace mandel
