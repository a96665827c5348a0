// The oracle's pixels against the picture's: a wrong count is found and named, a right one is not.
#include "master/results/pixel_audit.h"

#include <gtest/gtest.h>

#include "kernels/deep/engine.h"

namespace mandel {
namespace {

constexpr std::uint32_t kMaxIter = 200;
const DeepView kView{"-0.75", "0.1", "0.01", "0.01", 20, 10};

class PixelAuditTest : public testing::Test {
 protected:
  void SetUp() override {
    if (deep_backends().empty()) GTEST_SKIP() << "this build has no true-count";
    deep_backends().front().make(kView, kMaxIter)->run(0, kView.rows, counts_, {});
  }
  static PixelAudit::Config config(std::optional<std::uint32_t> pixels) {
    return {.view = kView, .max_iter = kMaxIter, .pixels = pixels, .lot = 7};
  }
  static bool never() { return false; }

  std::vector<std::uint32_t> counts_ = std::vector<std::uint32_t>(200);
};

TEST_F(PixelAuditTest, FindsNothingInATruePicture) {
  PixelAudit audit(config(2000));
  const auto sink = audit_sink(audit);
  EXPECT_TRUE(sink->rows(std::span(counts_).first(60)));
  EXPECT_TRUE(sink->rows(std::span(counts_).subspan(60)));
  EXPECT_TRUE(audit.finish(never));
  EXPECT_TRUE(sink->finish());
  EXPECT_EQ(audit.compared(), 200u) << "2000 lots hit them all";
  EXPECT_TRUE(audit.verdict());
}

TEST_F(PixelAuditTest, NamesTheWrongPixelAndWhoComputedIt) {
  ++counts_[7 * 20 + 3];
  const std::string truth = std::to_string(counts_[7 * 20 + 3] - 1);
  PixelAudit audit(config(2000));
  audit.computed_by(0, 7, "desk1:5755");
  audit.computed_by(7, 2, "desk2:5755");
  const auto sink = audit_sink(audit);
  (void)sink->rows(counts_);
  EXPECT_TRUE(audit.finish(never));
  const auto finished = sink->finish();
  ASSERT_FALSE(finished);
  EXPECT_NE(
      finished.error().what.find("the pixel in column 3 of row 7 has the count " + truth +
                                 ", but desk2:5755 says " + std::to_string(counts_[7 * 20 + 3])),
      std::string::npos)
      << finished.error().what;
}

TEST_F(PixelAuditTest, TellsAtTheNextRowsWhatItKnows) {
  for (std::uint32_t& count : counts_) ++count;
  PixelAudit audit(config(50));
  EXPECT_TRUE(audit.finish(never));
  const auto taken = audit.take(std::span(counts_).first(100));
  ASSERT_FALSE(taken);
  EXPECT_NE(taken.error().what.find("but an earlier run says"), std::string::npos);
}

TEST_F(PixelAuditTest, ByDefaultLooksAtOnePixelAtLeast) {
  PixelAudit audit(config({}));
  EXPECT_TRUE(audit.take(counts_));
  EXPECT_TRUE(audit.finish(never));
  EXPECT_GE(audit.compared(), 1u);
}

TEST_F(PixelAuditTest, CanBeCalledOff) {
  auto endless = config(1);
  endless.view.re = "-0.1";  // inside
  endless.view.im = "0.1";
  endless.max_iter = 2'000'000'000;
  PixelAudit audit(std::move(endless));
  EXPECT_FALSE(audit.finish([] { return true; }));
}

}  // namespace
}  // namespace mandel
