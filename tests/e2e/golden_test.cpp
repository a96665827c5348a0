// Every published figure, through the whole system: a real master with its embedded worker, at
// several chunk counts. Counts are compared by SHA-256; a sum alone forgives errors that cancel.
#include <gtest/gtest.h>

#include "process.h"
#include "tests/golden/golden_jobs.h"

namespace mandel::e2e {
namespace {

class GoldenPicture : public testing::TestWithParam<GoldenJob> {};

TEST_P(GoldenPicture, HasItsSumAndDigestAtEveryChunkCount) {
  const GoldenJob& golden = GetParam();
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

TEST_P(GoldenPicture, IsTheSameInEveryCodecOverASocket) {
  const GoldenJob& golden = GetParam();
  const Worker worker;
  for (const char* codec : {"lz4", "none"}) {
    SCOPED_TRACE(codec);
    const MasterRun run = run_master({"--tutorial-size", std::to_string(golden.request),
                                      "--max-iter", std::to_string(golden.max_iter), "--chunks",
                                      "16", "--codec", codec, "--hosts", worker.address()});
    ASSERT_EQ(run.status, 0) << run.err;
    EXPECT_EQ(run.json["sum"], golden.sum);
    EXPECT_EQ(run.json["counts_sha256"], golden.sha256);
  }
}

INSTANTIATE_TEST_SUITE_P(Csv, GoldenPicture, testing::ValuesIn(read_golden_jobs()),
                         [](const auto& row) { return std::to_string(row.param.request); });

TEST(Golden, TheListIsTheWholeList) { EXPECT_EQ(read_golden_jobs().size(), 8u); }

}  // namespace
}  // namespace mandel::e2e
