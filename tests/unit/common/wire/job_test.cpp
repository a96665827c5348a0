// A job that passes the check can neither overflow a sum nor exceed a bound.
#include "common/wire/job.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace mandel {
namespace {

Job view_job(const View& view, std::uint32_t max_iter = 100) { return {view, max_iter}; }

const View kView = {-0.5, 0.25, 0.01, 0.02, 300, 200};

TEST(Job, TheTutorialAndAPlainViewAreLegal) {
  EXPECT_TRUE(check({TutorialGrid{1000}, 1000}));
  EXPECT_TRUE(check(view_job(kView)));
  EXPECT_TRUE(check(view_job(kView, 0)));
}

TEST(Job, EverySizeHasABound) {
  const auto with = [](auto change) {
    View view = kView;
    change(view);
    return check(view_job(view));
  };
  EXPECT_FALSE(check({TutorialGrid{0}, 1000}));
  EXPECT_FALSE(check({TutorialGrid{kSideMax + 1}, 1000}));
  EXPECT_FALSE(with([](View& v) { v.columns = 0; }));
  EXPECT_FALSE(with([](View& v) { v.rows = kSideMax + 1; }));
  EXPECT_FALSE(with([](View& v) { v.centre_x = std::nan(""); }));
  EXPECT_FALSE(with([](View& v) { v.centre_y = std::numeric_limits<double>::infinity(); }));
  EXPECT_FALSE(with([](View& v) { v.step_x = 0; }));
  EXPECT_FALSE(with([](View& v) { v.step_y = -1; }));
  EXPECT_FALSE(check(view_job(kView, kIterMax + 1)));
}

TEST(Job, ASumThatCouldOverflowIsRefused) {
  View huge = kView;
  huge.columns = huge.rows = kSideMax;
  EXPECT_TRUE(check(view_job(huge, 1u << 23)));
  EXPECT_FALSE(check(view_job(huge, (1u << 23) + 1)));
}

TEST(Job, ADeepViewIsLegalIfItsNumbersAreSoundAndNotTooLong) {
  const auto with = [](auto change) {
    DeepView view{"-1.25", "0", "7.5e-31", "7.5e-31", 300, 200};
    change(view);
    return check({view, 100});
  };
  const std::string digits(20'000, '7');
  EXPECT_TRUE(with([](DeepView&) {}));
  EXPECT_TRUE(with([&](DeepView& v) { v.re = v.im = "0." + digits; }));
  EXPECT_FALSE(with([&](DeepView& v) { v.re = v.im = v.step_x = "0." + digits; }));
  EXPECT_FALSE(with([](DeepView& v) { v.columns = 0; }));
  EXPECT_FALSE(with([](DeepView& v) { v.rows = kSideMax + 1; }));
  EXPECT_FALSE(with([](DeepView& v) { v.step_y = "0"; }));
  EXPECT_FALSE(with([](DeepView& v) { v.im = "nan"; }));
}

TEST(Job, ADeepViewsAxesAreAboutWhereItIs) {
  const Job job{DeepView{"-1.25", "1e-400", "0.5", "1e-400", 3, 5}, 100};
  const Axes axes = axes_of(job);
  EXPECT_EQ(axes.xs, (std::vector<double>{-1.75, -1.25, -0.75}));
  EXPECT_EQ(axes.ys, std::vector<double>(5, 0.0));
  EXPECT_EQ(semantics_of(job), "true-count");
  EXPECT_EQ(semantics_of({}), "exact-f64");
}

TEST(Job, AViewsAxesFollowTheDocumentedFormula) {
  const Axes axes = axes_of(view_job(kView));
  ASSERT_EQ(axes.xs.size(), 300u);
  ASSERT_EQ(axes.ys.size(), 200u);
  EXPECT_EQ(axes.xs[0], -0.5 + -149.5 * 0.01);
  EXPECT_EQ(axes.xs[299], -0.5 + 149.5 * 0.01);
  EXPECT_EQ(axes.ys[0], 0.25 + 99.5 * 0.02);  // the first row is the topmost
  EXPECT_LT(axes.ys[1], axes.ys[0]);
}

}  // namespace
}  // namespace mandel
