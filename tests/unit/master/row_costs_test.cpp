#include "master/row_costs.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

TEST(RowCosts, TellACheapBandFromADearOne) {
  // From far above the set, where all points leave at once, down to its middle.
  const Axes axes = view_axes(View{-0.75, 1.5, 3.0 / 1200, 3.0 / 1200, 1200, 1200});
  const std::vector<double> costs = sample_row_costs(axes, 1000);
  ASSERT_EQ(costs.size(), 1200u);
  EXPECT_GT(costs.back(), 3 * costs.front());
  for (const double cost : costs) EXPECT_GT(cost, 0);
}

TEST(RowCosts, OfASmallPictureAreNotWorthALook) {
  EXPECT_TRUE(sample_row_costs(tutorial_axes(1000), 1000).empty());
}

TEST(RowCosts, OfNarrowOrFlatPicturesDoNotReachBeyondThem) {
  EXPECT_TRUE(sample_row_costs(view_axes(View{0, 0, 1e-6, 1e-6, 4, 1u << 20}), 10).empty());
  const auto costs = sample_row_costs(view_axes(View{0, 0, 1e-6, 1e-6, 1u << 17, 16}), 10);
  EXPECT_EQ(costs.size(), 16u);
}

}  // namespace
}  // namespace mandel
