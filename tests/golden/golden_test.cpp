// Published figures, reproduced by every exact backend: the tutorial's sums, and with them the
// SHA-256 of all counts, since in a sum errors can cancel (a contracted build has the right sum at
// request 100, limit 300).
#include <gtest/gtest.h>
#include <numeric>
#include <string>
#include <vector>

#include "common/base/sha256.h"
#include "kernels/grid.h"
#include "tests/golden/golden_jobs.h"
#include "tests/unit/kernels/each_backend.h"

namespace mandel {
namespace {

TEST(GoldenFile, HoldsTheTutorialsSum) {
  bool found = false;
  for (const GoldenJob& job : read_golden_jobs())
    found |= job.request == 1000 && job.max_iter == 1000 && job.sum == 1148485;
  EXPECT_TRUE(found) << "read from " << MANDEL_GOLDEN_CSV;
}

TEST(TutorialGrid, HasTheGoldenNumbersOfColumnsAndRows) {
  for (const GoldenJob& job : read_golden_jobs()) {
    const Axes axes = tutorial_axes(job.request);
    EXPECT_EQ(axes.xs.size(), job.columns) << "request " << job.request;
    EXPECT_EQ(axes.ys.size(), job.rows) << "request " << job.request;
  }
}

class GoldenJobs : public EachBackend {};

TEST_P(GoldenJobs, GiveTheirPublishedCounts) {
  for (const GoldenJob& job : read_golden_jobs()) {
    SCOPED_TRACE("request " + std::to_string(job.request) + ", max_iter " +
                 std::to_string(job.max_iter));
    const Axes axes = tutorial_axes(job.request);
    std::vector<std::uint32_t> counts(axes.xs.size() * axes.ys.size());
    kernel->run(axes.xs, axes.ys, job.max_iter, counts, {});
    EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}), job.sum);
    EXPECT_EQ(counts_sha256(counts), job.sha256);
  }
}

INSTANTIATE_TEST_SUITE_P(Kernels, GoldenJobs, testing::ValuesIn(exact_backends()), backend_name);

}  // namespace
}  // namespace mandel
