// Three digits, whatever the size.
#include "master/stats/units.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

TEST(Units, ThreeDigitsCount) {
  EXPECT_EQ(time_text(12'345'678), "12.3 ms");
  EXPECT_EQ(time_text(1'500), "1.50 µs");
  EXPECT_EQ(time_text(2'000'000'000), "2.00 s");
  EXPECT_EQ(time_text(0), "0.00 µs");
  EXPECT_EQ(bytes_text(999), "999 B");
  EXPECT_EQ(bytes_text(1'003'664), "1.00 MB");
  EXPECT_EQ(percent_text(0.042), "4.2 %");
  EXPECT_EQ(percent_text(0.9951), "100 %");
}

}  // namespace
}  // namespace mandel
