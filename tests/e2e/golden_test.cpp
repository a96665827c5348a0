// Every published figure, through the whole system: a real master with its embedded worker, at
// several chunk counts. Counts are compared by SHA-256; a sum alone forgives errors that cancel.
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "process.h"

namespace mandel::e2e {
namespace {

struct Golden {
  std::uint32_t request = 0;
  std::uint32_t max_iter = 0;
  std::uint32_t columns = 0;
  std::uint32_t rows = 0;
  std::uint64_t sum = 0;
  std::string sha256;
};

std::vector<Golden> golden_rows() {
  std::ifstream file(MANDEL_GOLDEN_CSV);
  std::vector<Golden> rows;
  std::string line;
  std::getline(file, line);  // the header
  while (std::getline(file, line)) {
    Golden golden;
    char comma = 0;
    std::istringstream(line) >> golden.request >> comma >> golden.max_iter >> comma >>
        golden.columns >> comma >> golden.rows >> comma >> golden.sum >> comma >> golden.sha256;
    rows.push_back(golden);
  }
  return rows;
}

void PrintTo(const Golden& golden, std::ostream* out) {
  *out << golden.request << "/" << golden.max_iter;
}

class GoldenJob : public testing::TestWithParam<Golden> {};

TEST_P(GoldenJob, HasItsSumAndDigestAtEveryChunkCount) {
  const Golden& golden = GetParam();
  for (const std::uint32_t chunks : {1u, 3u, 16u, 256u, golden.rows}) {
    SCOPED_TRACE(chunks);
    const MasterRun run =
        run_master({"--tutorial-size", std::to_string(golden.request), "--max-iter",
                    std::to_string(golden.max_iter), "--chunks", std::to_string(chunks),
                    "--expect-sum", std::to_string(golden.sum)});
    ASSERT_EQ(run.status, 0) << run.err;
    EXPECT_EQ(run.json["columns"], golden.columns);
    EXPECT_EQ(run.json["rows"], golden.rows);
    EXPECT_EQ(run.json["chunks"], std::min(chunks, golden.rows));
    EXPECT_EQ(run.json["sum"], golden.sum);
    EXPECT_EQ(run.json["counts_sha256"], golden.sha256);
  }
}

INSTANTIATE_TEST_SUITE_P(Csv, GoldenJob, testing::ValuesIn(golden_rows()),
                         [](const auto& row) { return std::to_string(row.param.request); });

TEST(Golden, TheListIsTheWholeList) { EXPECT_EQ(golden_rows().size(), 8u); }

}  // namespace
}  // namespace mandel::e2e
