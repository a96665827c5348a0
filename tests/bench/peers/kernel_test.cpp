// That the peers of docs/peers.md get our kernel: through the C functions come the tutorial's sum
// and, band by band, the same counts. Needs none of the peers, so it runs with every build.
#include "tests/bench/peers/kernel.h"

#include <algorithm>
#include <cstddef>
#include <gtest/gtest.h>
#include <memory>
#include <numeric>
#include <vector>

namespace {

using Handle = std::unique_ptr<mandel_peer_kernel, decltype(&mandel_peer_close)>;

Handle open_tutorial(const char* kernel) {
  return {mandel_peer_open(kernel, 1000, 1000), mandel_peer_close};
}

TEST(PeersKernel, ComputesTheTutorialsPictureInBandsOfAnySize) {
  const Handle kernel = open_tutorial("auto");
  ASSERT_NE(kernel, nullptr);
  const std::uint32_t columns = mandel_peer_columns(kernel.get());
  const std::uint32_t rows = mandel_peer_rows(kernel.get());
  ASSERT_EQ(columns, 500u);
  ASSERT_EQ(rows, 500u);

  std::vector<std::uint32_t> whole(std::size_t{columns} * rows);
  ASSERT_EQ(mandel_peer_compute(kernel.get(), 0, rows, whole.data()), 0);
  EXPECT_EQ(std::accumulate(whole.begin(), whole.end(), 0u), 1148485u);

  for (const std::uint32_t band : {1u, 7u, 250u}) {
    std::vector<std::uint32_t> pieces(whole.size());
    for (std::uint32_t row = 0; row < rows; row += band) {
      ASSERT_EQ(mandel_peer_compute(kernel.get(), row, std::min(band, rows - row),
                                    pieces.data() + std::size_t{row} * columns),
                0);
    }
    EXPECT_EQ(pieces, whole) << "bands of " << band;
  }
}

TEST(PeersKernel, TakesKernelsByName) {
  const Handle kernel = open_tutorial("scalar");
  ASSERT_NE(kernel, nullptr);
  EXPECT_STREQ(mandel_peer_name(kernel.get()), "scalar");
  EXPECT_EQ(open_tutorial("no such kernel"), nullptr);
}

TEST(PeersKernel, RefusesWhatIsNotThere) {
  EXPECT_EQ(mandel_peer_open("auto", 0, 1000), nullptr);
  EXPECT_EQ(mandel_peer_open("auto", 1u << 31, 1000), nullptr);
  const Handle kernel = open_tutorial("auto");
  ASSERT_NE(kernel, nullptr);
  EXPECT_EQ(mandel_peer_compute(kernel.get(), 400, 101, nullptr), -1);
  EXPECT_EQ(mandel_peer_compute(kernel.get(), 501, 0, nullptr), -1);
  EXPECT_EQ(mandel_peer_compute(kernel.get(), 0xffffffff, 0xffffffff, nullptr), -1);
}

}  // namespace
