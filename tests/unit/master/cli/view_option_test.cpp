// All ways to name a view give the points that docs/usage.md defines.
#include "master/cli/view_option.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

// Of doubles; one without pixels if the text is not accepted, or is of true-count.
View doubles(const ViewText& text) {
  const auto grid = parse_view(text);
  const auto* view = grid ? std::get_if<View>(&*grid) : nullptr;
  return view != nullptr ? *view : View{};
}

std::string error(const ViewText& text) {
  const auto view = parse_view(text);
  return view ? std::string("accepted") : view.error().what;
}

TEST(ViewOption, TheWholeSetByDefaultWithSquarePixels) {
  const View view = doubles({.size = "1920x1080", .center = "", .span = "", .view = ""});
  EXPECT_EQ(view.columns, 1920u);
  EXPECT_EQ(view.rows, 1080u);
  EXPECT_EQ(view.step_x, view.step_y);
  EXPECT_GE(view.step_y * 1080, 2.6 * (1 - 1e-12)) << "all of its height is in the picture";
}

TEST(ViewOption, CentreAndSpan) {
  const View view =
      doubles({.size = "100x50", .center = "-0.7453,1.127e-1", .span = "6.5e-4", .view = ""});
  EXPECT_EQ(view.centre_x, -0.7453);
  EXPECT_EQ(view.centre_y, 0.1127);
  EXPECT_EQ(view.step_x, 6.5e-4 / 100);
}

TEST(ViewOption, Corners) {
  const View view = doubles({.size = "10x20", .center = "", .span = "", .view = "-2,1,-1,3"});
  EXPECT_EQ(view.centre_x, -0.5);
  EXPECT_EQ(view.centre_y, 1.0);
  EXPECT_EQ(view.step_x, 3.0 / 10);
  EXPECT_EQ(view.step_y, 4.0 / 20);
}

TEST(ViewOption, SupersamplesWithinThePixels) {
  const View plain = doubles({.size = "30x20", .center = "-0.5,0.25", .span = "1.5"});
  const View fine =
      doubles({.size = "30x20", .center = "-0.5,0.25", .span = "1.5", .supersample = 3});
  EXPECT_EQ(fine.columns, 90u);
  EXPECT_EQ(fine.rows, 60u);
  EXPECT_EQ(fine.centre_x, plain.centre_x);
  EXPECT_DOUBLE_EQ(fine.step_x * 3, plain.step_x);
  EXPECT_DOUBLE_EQ(fine.step_y * 3, plain.step_y);
  const View whole = doubles({.size = "1920x1080", .supersample = 2});
  EXPECT_DOUBLE_EQ(whole.step_y * 2, doubles({.size = "1920x1080"}).step_y);
  EXPECT_TRUE(error({.size = "400000x10", .supersample = 3}).starts_with("--supersample 3"));
}

TEST(ViewOption, MistakesAreNamedByTheirOption) {
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

#ifdef MANDEL_HAVE_DEEP
DeepView deep(const ViewText& text) {
  const auto grid = parse_view(text);
  const auto* view = grid ? std::get_if<DeepView>(&*grid) : nullptr;
  return view != nullptr ? *view : DeepView{};
}

TEST(ViewOption, AFinerViewThanDoublesIsDeepAndExact) {
  const std::string centre = "-1.25,1.00000000000000000000000000000000000001e-3";
  const DeepView expected{
      "-1.25", "0.00100000000000000000000000000000000000001", "2.5e-32", "2.5e-32", 400, 100};
  EXPECT_EQ(deep({"400x100", centre, "1e-29", ""}), expected);
  EXPECT_EQ(deep({"4x1", "-1.25,0", "1e-5000", ""}).step_x, "2.5e-5001");
  EXPECT_EQ(deep({"3x3", "-1.25,0", "1e-29", ""}).step_x,
            "3.333333333333333333333333333333333333333e-30")
      << "a third never ends: 40 digits";
}

TEST(ViewOption, CornersMayBeDeepToo) {
  const DeepView view = deep({"2x1", "", "", "-1,-0.99999999999999999999,1e-21,4e-21"});
  EXPECT_EQ(view, (DeepView{"-0.999999999999999999995", "2.5e-21", "5e-21", "3e-21", 2, 1}));
}

TEST(ViewOption, WhichCountsCanBeAskedFor) {
  EXPECT_EQ(doubles({"4x4", "0,0", "1e-300", "", CountsWanted::kF64}).columns, 4u);
  const DeepView whole = deep({"1000x1000", "", "", "", CountsWanted::kTrue});
  EXPECT_EQ(whole, (DeepView{"-0.75", "0", "0.003", "0.003", 1000, 1000}));
  EXPECT_EQ(deep({"1000x2000", "", "", "", CountsWanted::kTrue}).step_y, "0.003");
  EXPECT_EQ(deep({"2000x1000", "", "", "", CountsWanted::kTrue}).step_y, "0.0026")
      << "all of its height is in the picture";
}

TEST(ViewOption, MistakesInDeepViewsAreNamedByTheirOption) {
  const auto kTrue = CountsWanted::kTrue;
  EXPECT_TRUE(error({"", "1", "", "", kTrue}).starts_with("--center '1': give two"));
  EXPECT_TRUE(error({"", "1,2e", "", "", kTrue}).starts_with("--center"));
  EXPECT_TRUE(error({"", "0,0", "-1", "", kTrue}).starts_with("--span '-1': give"));
  EXPECT_TRUE(error({"", "0,0", "1e-30000", "", kTrue}).starts_with("--span"));
  EXPECT_TRUE(error({"", "1e7,0", "", "", kTrue}).find("below 1e6") != std::string::npos);
  EXPECT_TRUE(error({"", "", "", "2,1,0,1", kTrue}).starts_with("--view"));
  const std::string endless(100'000, '1');
  EXPECT_LT(error({"", endless + ",0", "", "", kTrue}).size(), 200u);
}
#endif

}  // namespace
}  // namespace mandel
