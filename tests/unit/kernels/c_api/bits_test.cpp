// Through the C library come the bits that the kernels compute: published figures, and the same
// coordinates by every recipe.
#include <algorithm>
#include <numeric>
#include <span>

#include "common/base/sha256.h"
#include "kernels/deep/engine.h"
#include "kernels/grid.h"
#include "kernels/registry.h"
#include "tests/golden/deep_jobs.h"
#include "tests/golden/golden_jobs.h"
#include "tests/unit/kernels/c_api/handles.h"

namespace mandel {
namespace {

// What a kernel gives without the library.
std::vector<std::uint32_t> by_kernel(const char* name, const Axes& axes, std::uint32_t max_iter,
                                     KernelStats& stats) {
  std::vector<std::uint32_t> counts(axes.xs.size() * axes.ys.size());
  stats = find_backend(name)->make()->run(axes.xs, axes.ys, max_iter, counts, {});
  return counts;
}

std::vector<double> copy_of(const double* values, std::size_t length) {
  return {values, values + length};
}

std::vector<double> xs_of(const GridHandle& grid) {
  return copy_of(mandel_grid_xs(grid.get()), mandel_grid_columns(grid.get()));
}

std::vector<double> ys_of(const GridHandle& grid) {
  return copy_of(mandel_grid_ys(grid.get()), mandel_grid_rows(grid.get()));
}

TEST(CApiBits, OfTheTutorialsGridAreThePublishedOnes) {
  const EngineHandle engine = make_engine();
  for (const GoldenJob& job : read_golden_jobs()) {
    if (job.request > 1001) continue;
    const Computed computed =
        compute(engine, tutorial_grid(job.request), {.max_iter = job.max_iter});
    ASSERT_EQ(computed.status, MANDEL_OK) << computed.sentence;
    EXPECT_EQ(computed.sentence, "");
    EXPECT_EQ(std::accumulate(computed.counts.begin(), computed.counts.end(), std::uint64_t{0}),
              job.sum);
    EXPECT_EQ(counts_sha256(computed.counts), job.sha256) << job.request << "/" << job.max_iter;
  }
}

TEST(CApiBits, WithoutOptionsAreTheTutorialsJob) {
  mandel_engine* made = nullptr;
  ASSERT_EQ(mandel_engine_new(nullptr, &made, nullptr, 0), MANDEL_OK);
  const EngineHandle engine(made, mandel_engine_free);
  EXPECT_GE(mandel_engine_lanes(made), 1u);
  std::vector<std::uint32_t> counts(500 * 500);
  ASSERT_EQ(mandel_compute(made, tutorial_grid(1000).get(), nullptr, counts.data(), counts.size(),
                           nullptr, nullptr, 0),
            MANDEL_OK);
  EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), 0u), 1148485u);
}

TEST(CApiBits, OfAViewAndOfItsAxesAreThoseOfTheKernel) {
  const View view{-0.7453, 0.1127, 6.5e-4 / 90, 5e-4 / 60, 90, 60};
  const mandel_view given = {.size = sizeof given,
                             .centre_x = view.centre_x,
                             .centre_y = view.centre_y,
                             .step_x = view.step_x,
                             .step_y = view.step_y,
                             .columns = view.columns,
                             .rows = view.rows};
  mandel_grid* made = nullptr;
  ASSERT_EQ(mandel_grid_view(&given, &made, nullptr, 0), MANDEL_OK);
  const GridHandle grid(made, mandel_grid_free);
  const Axes axes = view_axes(view);
  EXPECT_EQ(xs_of(grid), axes.xs);
  EXPECT_EQ(ys_of(grid), axes.ys);

  KernelStats stats;
  const auto expected = by_kernel("scalar", axes, 2000, stats);
  const EngineHandle engine = make_engine("scalar", 3);
  const Computed by_view = compute(engine, grid, {.max_iter = 2000});
  EXPECT_EQ(by_view.counts, expected);
  EXPECT_EQ(by_view.stats.executed, stats.executed);
  EXPECT_EQ(by_view.stats.skipped, stats.skipped);
  EXPECT_EQ(compute(make_engine(), grid_of(axes.xs, axes.ys), {.max_iter = 2000}).counts, expected);
}

TEST(CApiBits, OfTheTutorialsGridStandOnItsCoordinates) {
  const Axes axes = tutorial_axes(333);
  const GridHandle grid = tutorial_grid(333);
  EXPECT_EQ(xs_of(grid), axes.xs);
  EXPECT_EQ(ys_of(grid), axes.ys);
}

TEST(CApiBits, OfSomeRowsAreThoseOfThePicture) {
  const EngineHandle engine = make_engine();
  const GridHandle grid = tutorial_grid(200);
  const auto whole = compute(engine, grid, {.max_iter = 300}).counts;
  for (const std::uint64_t band : {1u, 7u, 64u}) {
    std::vector<std::uint32_t> pieces;
    for (std::uint64_t row = 0; row < mandel_grid_rows(grid.get()); row += band) {
      const auto rows = std::min(band, mandel_grid_rows(grid.get()) - row);
      const auto piece =
          compute(engine, grid, {.max_iter = 300, .first_row = row, .rows = rows}).counts;
      pieces.insert(pieces.end(), piece.begin(), piece.end());
    }
    EXPECT_EQ(pieces, whole) << "bands of " << band;
  }
}

GridHandle deep_grid(const DeepGolden& golden) {
  const mandel_deep_view view = {.size = sizeof view,
                                 .re = golden.re.c_str(),
                                 .im = golden.im.c_str(),
                                 .span = golden.span.c_str(),
                                 .columns = golden.side,
                                 .rows = golden.side};
  mandel_grid* grid = nullptr;
  EXPECT_EQ(mandel_grid_deep(&view, &grid, nullptr, 0), MANDEL_OK);
  return {grid, mandel_grid_free};
}

TEST(CApiBits, OfTrueCountAreThePublishedOnes) {
  if (deep_backends().empty()) GTEST_SKIP() << "this build has no true-count";
  const DeepGolden golden = deep_golden("whole-64");
  const GridHandle grid = deep_grid(golden);
  EXPECT_EQ(mandel_grid_xs(grid.get()), nullptr);
  EXPECT_EQ(mandel_grid_ys(grid.get()), nullptr);
  const EngineHandle engine = make_engine();
  const Computed computed = compute(engine, grid, {.max_iter = golden.max_iter});
  ASSERT_EQ(computed.status, MANDEL_OK) << computed.sentence;
  EXPECT_EQ(counts_sha256(computed.counts), golden.sha256);
  EXPECT_GT(computed.stats.preparation_ns, 0u);
  // The grid keeps what it prepared, but not for another limit.
  const Computed shorter = compute(engine, grid, {.max_iter = 20});
  EXPECT_LT(std::ranges::max(shorter.counts), 20u);
}

TEST(CApiBits, OfTrueCountArePreparedOnceForAllRows) {
  if (deep_backends().empty()) GTEST_SKIP() << "this build has no true-count";
  const EngineHandle engine = make_engine();
  (void)compute(engine, deep_grid(deep_golden("whole-64")), {});  // the self-test of the process
  const DeepGolden golden = deep_golden("own30-32");
  const GridHandle grid = deep_grid(golden);
  const Computed whole = compute(engine, grid, {.max_iter = golden.max_iter});
  EXPECT_EQ(counts_sha256(whole.counts), golden.sha256);
  // On a busy machine a look at what is there may take long, but not each.
  bool is_kept = false;
  for (std::uint64_t row = 0; row < golden.side && !is_kept; ++row) {
    const Computed one =
        compute(engine, grid, {.max_iter = golden.max_iter, .first_row = row, .rows = 1});
    EXPECT_TRUE(std::ranges::equal(
        one.counts, std::span(whole.counts).subspan(row * golden.side, golden.side)));
    is_kept = 10 * one.stats.preparation_ns < whole.stats.preparation_ns;
  }
  EXPECT_TRUE(is_kept);
}

}  // namespace
}  // namespace mandel
