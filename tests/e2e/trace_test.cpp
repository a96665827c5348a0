// The trace of a real job, as Perfetto would read it.
#include <fstream>
#include <gtest/gtest.h>
#include <set>

#include "process.h"

namespace mandel::e2e {
namespace {

TEST(Trace, HoldsEveryChunkOfAJob) {
  const TempDir dir;
  const Worker workers[2] = {Worker(), Worker()};
  const MasterRun run = run_master({"--hosts", workers[0].address() + "," + workers[1].address(),
                                    "--chunks", "50", "--trace", dir.path("trace.json")});
  ASSERT_EQ(run.status, 0) << run.err;
  std::ifstream file(dir.path("trace.json"));
  const auto events = nlohmann::json::parse(file);
  std::set<int> chunks;
  double computed_us = 0;
  for (const auto& event : events) {
    if (event["name"] != "computing") continue;
    chunks.insert(event["args"]["chunk"].get<int>());
    if (event["args"]["accepted"]) computed_us += event["dur"].get<double>();
  }
  EXPECT_EQ(chunks.size(), 50);
  double reported = 0;
  for (const auto& worker : run.json["workers"])
    reported += worker["compute_seconds"].get<double>();
  EXPECT_NEAR(computed_us * 1e-6, reported, 0.01 * reported);
}

TEST(Trace, OfAJobThatFailsIsWrittenToo) {
  const TempDir dir;
  const MasterRun run = run_master(
      {"--tutorial-size", "100", "--expect-sum", "5", "--trace", dir.path("trace.json")});
  EXPECT_EQ(run.status, 3);
  std::ifstream file(dir.path("trace.json"));
  EXPECT_TRUE(nlohmann::json::parse(file, nullptr, false).is_array());
}

TEST(Trace, NowhereIsSaid) {
  const MasterRun run = run_master({"--trace", "/nowhere/at/all.json"});
  EXPECT_EQ(run.status, 5);
  EXPECT_NE(run.err.find("--trace: "), std::string::npos) << run.err;
}

}  // namespace
}  // namespace mandel::e2e
