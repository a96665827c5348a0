// Division of decimals: exact where it ends, rounded to nearest where it does not.
#include "kernels/deep/quotient.h"

#include <gtest/gtest.h>
#include <string>

namespace mandel {
namespace {

std::string divide(std::string_view a, std::string_view b, std::size_t digits) {
  return to_text(quotient(parse_decimal(a).value(), parse_decimal(b).value(), digits));
}

TEST(Quotient, IsExactWhereItEnds) {
  EXPECT_EQ(divide("4", "2", 40), "2");
  EXPECT_EQ(divide("100", "4", 40), "25");
  EXPECT_EQ(divide("1", "8", 40), "0.125");
  EXPECT_EQ(divide("-3.2", "64", 40), "-0.05");
  EXPECT_EQ(divide("6e-1000", "-3e5", 40), "-2e-1005");
  EXPECT_EQ(divide("0", "7", 40), "0");
  EXPECT_EQ(divide("123456789012345678901234567890", "10", 40),
            "1.2345678901234567890123456789e28");
}

TEST(Quotient, IsRoundedToNearestWhereItDoesNotEnd) {
  EXPECT_EQ(divide("2", "3", 5), "0.66667");
  EXPECT_EQ(divide("1", "3", 5), "0.33333");
  EXPECT_EQ(divide("1e7", "7", 3), "1.43e6");
  EXPECT_EQ(divide("299.99", "3", 3), "100") << "a carry through all digits";
  EXPECT_EQ(divide("99999", "1", 2), "100000");
  EXPECT_EQ(divide("4", "2.56203307883e157", 20), "1.561260091859030293e-157");
}

TEST(Quotient, TakesLongDivisors) {
  const std::string nines(20'000, '9');  // 1 / 0.99...9 = 1.00...01
  EXPECT_EQ(divide("1", "0." + nines, 30), "1");
}

}  // namespace
}  // namespace mandel
