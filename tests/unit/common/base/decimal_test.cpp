// One reader of numbers, so that 010 is not eight in one option and ten in the next.
#include "common/base/decimal.h"

#include <array>
#include <cstdint>
#include <gtest/gtest.h>

namespace mandel {
namespace {

TEST(Decimal, IsReadAsPeopleWriteIt) {
  EXPECT_EQ(decimal<std::uint32_t>("1000"), 1000u);
  EXPECT_EQ(decimal<std::uint32_t>("010"), 10u);
  EXPECT_EQ(decimal<std::uint64_t>("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(decimal<double>("-0.75"), -0.75);
  EXPECT_EQ(decimal<double>("6.5e-4"), 6.5e-4);
  EXPECT_EQ(decimal<double>("010"), 10.0);
}

TEST(Decimal, IsNothingElse) {
  for (const char* text : {"", " 1", "1 ", "0x10", "0b1", "1e3", "-1", "+1", "1.0", "1,2", "one",
                           "4294967296", "1_000", "\xd9\xa1"})
    EXPECT_FALSE(decimal<std::uint32_t>(text)) << text;
  for (const char* text : {"", "nan", "-nan", "inf", "infinity", "0x1p3", "1e999", "1.5x", "1,5"})
    EXPECT_FALSE(decimal<double>(text)) << text;
}

TEST(Decimal, SeveralAreExactlyAsManyAsWanted) {
  std::array<std::uint32_t, 2> size{};
  EXPECT_TRUE(parse_decimals<std::uint32_t>("1920x1080", 'x', size));
  EXPECT_EQ(size, (std::array<std::uint32_t, 2>{1920, 1080}));
  for (const char* text : {"1920", "1920x", "x1080", "1920x1080x3", "1920X1080", "0x10x5"})
    EXPECT_FALSE(parse_decimals<std::uint32_t>(text, 'x', size)) << text;
}

}  // namespace
}  // namespace mandel
