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

TEST(Chunking, ProbesComeFirstAndTheRestIsEven) {
  const Probes probes{3, 1, 2, 8};
  for (const std::uint32_t even_chunks : {1u, 2u, 7u, 81u}) {
    const Chunking chunking(100, probes, even_chunks);
    ASSERT_EQ(chunking.chunks(), 5 + even_chunks);
    std::uint32_t next_row = 0;
    for (std::uint32_t chunk = 0; chunk < chunking.chunks(); ++chunk) {
      const Band band = chunking.band(chunk);
      ASSERT_EQ(band.first_row, next_row);
      if (chunk < 3) {
        ASSERT_EQ(band.rows, 1u);
      } else if (chunk < 5) {
        ASSERT_EQ(band.rows, 8u);
      } else {
        ASSERT_LE(band.rows - 81 / even_chunks, 1u) << chunk;
      }
      next_row += band.rows;
    }
    ASSERT_EQ(next_row, 100u);
  }
}

}  // namespace
}  // namespace mandel
