// A picture whose columns repeat each other is right, and not what anybody wants.
#include "master/chunks/precision.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

Axes seahorse(double span) {
  return view_axes({-0.7436438870371587, 0.13182590420531197, span / 64, span / 64, 64, 48});
}

TEST(Precision, IsNoWordWhileAllPointsDiffer) {
  EXPECT_EQ(precision_remark(tutorial_axes(1000)), "");
  EXPECT_EQ(precision_remark(seahorse(1e-12)), "");
}

TEST(Precision, SaysHowManyColumnsAndRowsThereAre) {
  const std::string remark = precision_remark(seahorse(1e-15));
  EXPECT_NE(remark.find("only 9 of 64 columns and"), std::string::npos) << remark;
  EXPECT_NE(remark.find("of 48 rows"), std::string::npos) << remark;
}

}  // namespace
}  // namespace mandel
