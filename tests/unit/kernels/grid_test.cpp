// The coordinate recipes are half of every exact result, so each property that the kernels or the
// published figures rely on is tested. (Columns and rows of tutorial grids: see tests/golden.)
#include "kernels/grid.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace mandel {
namespace {

TEST(TutorialGrid, AccumulatesItsCoordinates) {
  const Axes axes = tutorial_axes(1000);
  const double x_step = (0.77 - -2.13) / 1000 * 2;
  const double y_step = (-1.3 - 1.3) / 1000 * 2;
  double x = -2.13;
  double y = 1.3;
  for (const double expected : axes.xs) {
    EXPECT_EQ(x, expected);
    x += x_step;
  }
  for (const double expected : axes.ys) {
    EXPECT_EQ(y, expected);
    y += y_step;
  }
}

TEST(TutorialGrid, DiffersFromTheGridThatIsMultipliedOut) {
  const Axes axes = tutorial_axes(1000);
  const double x_step = (kTutorialX2 - kTutorialX1) / 1000 * 2;
  std::size_t different = 0;
  for (std::size_t k = 0; k < axes.xs.size(); ++k)
    different += axes.xs[k] != kTutorialX1 + static_cast<double>(k) * x_step;
  EXPECT_GT(different, axes.xs.size() / 2);
}

TEST(ViewGrid, FollowsItsFormula) {
  const View view{-0.75, 0.1, 0.003, 0.002, 6, 5};
  const Axes axes = view_axes(view);
  ASSERT_EQ(axes.xs.size(), 6u);
  ASSERT_EQ(axes.ys.size(), 5u);
  for (std::size_t k = 0; k < 6; ++k) {
    const double offset = (static_cast<double>(k) - 2.5) * 0.003;
    EXPECT_EQ(axes.xs[k], -0.75 + offset);
  }
  for (std::size_t r = 0; r < 5; ++r) {
    const double offset = (static_cast<double>(r) - 2.0) * 0.002;
    EXPECT_EQ(axes.ys[r], 0.1 - offset);
  }
}

TEST(ViewGrid, IsSymmetricAboutItsCentre) {
  for (const std::uint32_t size : {1u, 2u, 499u, 500u}) {
    const Axes axes = view_axes(View{0.0, 0.0, 0.0123, 0.0456, size, size});
    for (std::uint32_t k = 0; k < size; ++k) {
      EXPECT_EQ(axes.xs[k], -axes.xs[size - 1 - k]);
      EXPECT_EQ(axes.ys[k], -axes.ys[size - 1 - k]);
    }
  }
}

TEST(ViewGrid, HasItsCentreOnTheMiddlePixelOfAnOddSize) {
  const Axes axes = view_axes(View{-0.743643887037151, 0.13182590420533, 1e-9, 1e-9, 501, 31});
  EXPECT_EQ(axes.xs[250], -0.743643887037151);
  EXPECT_EQ(axes.ys[15], 0.13182590420533);
}

TEST(ViewGrid, RunsToTheRightAndDown) {
  const Axes axes = view_axes(View{-0.75, 0.1, 1e-3, 1e-3, 100, 100});
  EXPECT_TRUE(std::ranges::is_sorted(axes.xs));
  EXPECT_TRUE(std::ranges::is_sorted(axes.ys, std::greater{}));
}

TEST(ViewGrid, IsEmptyForASizeOfZero) {
  const Axes axes = view_axes(View{0.0, 0.0, 1.0, 1.0, 0, 0});
  EXPECT_TRUE(axes.xs.empty());
  EXPECT_TRUE(axes.ys.empty());
}

}  // namespace
}  // namespace mandel
