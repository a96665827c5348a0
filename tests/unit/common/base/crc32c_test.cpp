// A journal's records outlive releases: the checksum must be the standard's, not just ours.
#include "common/base/crc32c.h"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <numeric>

namespace mandel {
namespace {

std::uint32_t crc_of(std::span<const std::uint8_t> bytes) { return crc32c(std::as_bytes(bytes)); }

TEST(Crc32c, GivesTheVectorsOfRfc3720AppendixB4) {
  std::array<std::uint8_t, 32> bytes{};
  EXPECT_EQ(crc_of(bytes), 0x8a9136aau);
  bytes.fill(0xff);
  EXPECT_EQ(crc_of(bytes), 0x62a8ab43u);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
  EXPECT_EQ(crc_of(bytes), 0x46dd794eu);
  std::ranges::reverse(bytes);
  EXPECT_EQ(crc_of(bytes), 0x113fdb5cu);
  constexpr std::array<std::uint8_t, 48> kIscsiRead = {
      0x01, 0xc0, 0, 0,    0, 0, 0, 0,    0,    0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 0x04, 0,
      0,    0,    0, 0x14, 0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0,    0};
  EXPECT_EQ(crc_of(kIscsiRead), 0xd9963a56u);
}

TEST(Crc32c, GoesOnWhereItWas) {
  std::array<std::uint8_t, 100> bytes{};
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{7});
  const auto all = std::as_bytes(std::span(bytes));
  for (std::size_t cut = 0; cut <= all.size(); ++cut)
    EXPECT_EQ(crc32c(all.subspan(cut), crc32c(all.first(cut))), crc32c(all)) << cut;
}

}  // namespace
}  // namespace mandel
