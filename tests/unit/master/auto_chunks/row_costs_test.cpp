// The opening goes where a row costs what most do, so rows must be told apart before the job.
#include "master/auto_chunks/row_costs.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace mandel {
namespace {

TEST(RowCosts, TellACheapBandFromADearOne) {
  // From above the set, where all points leave at once, down to its middle.
  const Axes axes = view_axes(View{-0.4, 0.8, 1.2 / 1200, 1.6 / 1200, 1200, 1200});
  const std::vector<double> costs = sample_row_costs(axes, 1000);
  ASSERT_EQ(costs.size(), 1200u);
  EXPECT_GT(std::ranges::max(costs), 3 * costs.front()) << "the border is dear";
  EXPECT_LT(costs.back(), 2 * costs.front()) << "the middle is proved at a glance";
  for (const double cost : costs) EXPECT_GT(cost, 0);
}

TEST(RowCosts, OfTheTutorialsPictureAreDearestInItsMiddle) {
  const std::vector<double> costs = sample_row_costs(tutorial_axes(1000), 1000);
  ASSERT_EQ(costs.size(), 500u);
  EXPECT_GT(costs[200], 2 * costs[0]);
  EXPECT_GT(costs[300], 2 * costs[499]);
}

// However large the picture: a farm of a hundred lanes would wait for it.
TEST(RowCosts, AreOfSoManyPixelsAtMost) {
  const Axes axes = view_axes(View{-0.75, 0, 3.0 / 65536, 3.0 / 65536, 16384, 65536});
  std::vector<double> costs = sample_row_costs(axes, 100);
  const auto bands = std::ranges::distance(costs.begin(), std::ranges::unique(costs).begin());
  EXPECT_LE(bands * 8u * 256u, kSampledMax);
  EXPECT_GT(bands * 8u * 256u, kSampledMax / 4) << "neighbours may be alike";
}

TEST(RowCosts, OfNarrowOrFlatPicturesAreAllAlike) {
  const auto narrow = sample_row_costs(view_axes(View{0, 0, 1e-6, 1e-6, 4, 1u << 20}), 10);
  ASSERT_EQ(narrow.size(), 1u << 20);
  EXPECT_EQ(narrow.front(), narrow.back());
  EXPECT_EQ(sample_row_costs(view_axes(View{0, 0, 1e-6, 1e-6, 1u << 17, 15}), 10).size(), 15u);
}

}  // namespace
}  // namespace mandel
