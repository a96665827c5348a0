// Decimals: what is read, what is refused, and that reading what was written changes nothing.
#include "kernels/deep/decimal.h"

#include <gtest/gtest.h>
#include <string>

#include "kernels/deep/view.h"

namespace mandel {
namespace {

std::string again(std::string_view text) {
  const auto decimal = parse_decimal(text);
  return decimal ? to_text(*decimal) : "refused";
}

TEST(Decimal, HasOneWayToBeWritten) {
  EXPECT_EQ(again("0"), "0");
  EXPECT_EQ(again("-0.000e7"), "0");
  EXPECT_EQ(again("+1.50"), "1.5");
  EXPECT_EQ(again(".5"), "0.5");
  EXPECT_EQ(again("5."), "5");
  EXPECT_EQ(again("100"), "100");
  EXPECT_EQ(again("12.5E+3"), "12500");
  EXPECT_EQ(again("-0.00001"), "-0.00001");
  EXPECT_EQ(again("0.000001"), "1e-6");
  EXPECT_EQ(again("7436.438e-34"), "7.436438e-31");
  EXPECT_EQ(again("0123456e12"), "1.23456e17");
}

TEST(Decimal, KeepsEveryDigit) {
  const std::string digits = "-1." + std::string(3000, '7') + "e-500";
  EXPECT_EQ(again(digits), digits);
}

TEST(Decimal, RefusesWhatIsNone) {
  for (const char* text : {"", "-", ".", "e5", "1e", "1e+", "1e--5", "1e+-5", "1,5", "1x", " 1",
                           "1 ", "0x10", "nan", "inf", "--1", "1.2.3", "1e5.0"})
    EXPECT_EQ(again(text), "refused") << text;
}

TEST(Decimal, HasBounds) {
  EXPECT_EQ(again("1e20000"), "1e20000");
  EXPECT_EQ(again("1e20001"), "refused");
  EXPECT_EQ(again("1e-20000"), "1e-20000");
  EXPECT_EQ(again("1.1e-20000"), "refused");
  EXPECT_EQ(again("1e99999999999999999999"), "refused");
  EXPECT_EQ(again(std::string(20'000, '3')), "3." + std::string(19'999, '3') + "e19999");
  EXPECT_EQ(again("0." + std::string(20'001, '3')), "refused");
  EXPECT_EQ(again(std::string(1'000'000, '9')), "refused");
}

TEST(DeepView, SaysItsDefect) {
  const DeepView good{"-0.75", "0", "0.01", "0.01", 100, 100};
  EXPECT_EQ(defect_of(good), "");
  for (const char* text : {"", "1.0", "01", "x", "1e6", "+1"}) {
    DeepView view = good;
    view.re = text;
    EXPECT_NE(defect_of(view), "") << text;
  }
  for (const char* text : {"0", "-0.01", "0.010", "1e6"}) {
    DeepView view = good;
    view.step_y = text;
    EXPECT_NE(defect_of(view), "") << text;
  }
  DeepView view = good;
  view.rows = 0;
  EXPECT_NE(defect_of(view), "");
}

}  // namespace
}  // namespace mandel
