// Published figures, reproduced by every exact backend: the tutorial's sums, and with them the
// SHA-256 of all counts, since in a sum errors can cancel (a contracted build has the right sum at
// request 100, limit 300).
#include <fstream>
#include <gtest/gtest.h>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include "kernels/grid.h"
#include "tests/bench/counts_sha256.h"
#include "tests/unit/kernels/each_backend.h"

namespace mandel {
namespace {

struct GoldenJob {
  std::uint32_t request = 0;
  std::uint32_t max_iter = 0;
  std::size_t columns = 0;
  std::size_t rows = 0;
  std::uint64_t sum = 0;
  std::string sha256;
};

std::vector<GoldenJob> read_golden_jobs() {
  std::ifstream file(MANDEL_GOLDEN_CSV);
  std::vector<GoldenJob> jobs;
  std::string line;
  std::getline(file, line);  // the header
  while (std::getline(file, line)) {
    GoldenJob job;
    char comma = 0;
    std::istringstream(line) >> job.request >> comma >> job.max_iter >> comma >> job.columns >>
        comma >> job.rows >> comma >> job.sum >> comma >> job.sha256;
    jobs.push_back(job);
  }
  return jobs;
}

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
