// All ways to name a view give the points that docs/usage.md defines.
#include "master/cli/view_option.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

TEST(ViewOption, TheWholeSetByDefaultWithSquarePixels) {
  const auto view = parse_view({.size = "1920x1080", .center = "", .span = "", .view = ""});
  ASSERT_TRUE(view);
  EXPECT_EQ(view->columns, 1920u);
  EXPECT_EQ(view->rows, 1080u);
  EXPECT_EQ(view->step_x, view->step_y);
  EXPECT_GE(view->step_y * 1080, 2.6 * (1 - 1e-12)) << "all of its height is in the picture";
}

TEST(ViewOption, CentreAndSpan) {
  const auto view =
      parse_view({.size = "100x50", .center = "-0.7453,1.127e-1", .span = "6.5e-4", .view = ""});
  ASSERT_TRUE(view);
  EXPECT_EQ(view->centre_x, -0.7453);
  EXPECT_EQ(view->centre_y, 0.1127);
  EXPECT_EQ(view->step_x, 6.5e-4 / 100);
}

TEST(ViewOption, Corners) {
  const auto view = parse_view({.size = "10x20", .center = "", .span = "", .view = "-2,1,-1,3"});
  ASSERT_TRUE(view);
  EXPECT_EQ(view->centre_x, -0.5);
  EXPECT_EQ(view->centre_y, 1.0);
  EXPECT_EQ(view->step_x, 3.0 / 10);
  EXPECT_EQ(view->step_y, 4.0 / 20);
}

TEST(ViewOption, MistakesAreNamedByTheirOption) {
  const auto error = [](const ViewText& text) {
    const auto view = parse_view(text);
    return view ? std::string("accepted") : view.error().what;
  };
  EXPECT_TRUE(error({"1920", "", "", ""}).starts_with("--size '1920'"));
  EXPECT_TRUE(error({"0x5", "", "", ""}).starts_with("--size"));
  EXPECT_TRUE(error({"5x5x5", "", "", ""}).starts_with("--size"));
  EXPECT_TRUE(error({"", "1", "", ""}).starts_with("--center"));
  EXPECT_TRUE(error({"", "1,2,3", "", ""}).starts_with("--center"));
  EXPECT_TRUE(error({"", "", "0", ""}).starts_with("--span"));
  EXPECT_TRUE(error({"", "", "nan", ""}).starts_with("--span"));
  EXPECT_TRUE(error({"", "", "", "1,2,3"}).starts_with("--view"));
  EXPECT_TRUE(error({"", "", "", "2,1,0,1"}).starts_with("--view"));
}

}  // namespace
}  // namespace mandel
