// Do the lane times of a real job add up? Each lane's parts must add up to the wall time, and the
// computing to what the workers say they computed.
#include <gtest/gtest.h>

#include "process.h"

namespace mandel::e2e {
namespace {

double sum_of(const nlohmann::json& time) {
  double sum = 0;
  for (const auto& [name, value] : time.items()) sum += value.get<double>();
  return sum;
}

void expect_that_it_adds_up(const MasterRun& run) {
  const double wall = run.json["wall_seconds"];
  double computing = 0;
  std::size_t lanes = 0;
  for (const auto& worker : run.json["workers"]) {
    computing += worker["compute_seconds"].get<double>();
    for (const auto& lane : worker["lane_times"]) {
      EXPECT_NEAR(sum_of(lane), wall, 0.01 * wall) << run.json.dump(2);
      ++lanes;
    }
  }
  const auto& time = run.json["time"];
  EXPECT_NEAR(sum_of(time), static_cast<double>(lanes) * wall, 0.01 * wall);
  // Lanes also computed what came late, and counts for nobody. The workers' clocks are known to
  // half of the fastest round trip so far: on a busy machine the first spans lie wrong by that, and
  // where two overlap, one is cut.
  const double doubt = 0.1 * time["wire_seconds"].get<double>();
  EXPECT_GT(time["computing_seconds"], 0.99 * computing - doubt) << run.json.dump(2);
  if (run.json["late_results"] == 0) {
    EXPECT_LT(time["computing_seconds"], 1.01 * computing) << run.json.dump(2);
  }
}

TEST(LaneTime, OfTwoWorkersOverASocketAddsUp) {
  std::vector<Worker> workers;
  for (int k = 0; k < 2; ++k)
    workers.emplace_back(std::vector<std::string>{"--threads", "2", "--kernel", "scalar"});
  const MasterRun run = run_master({"--chunks", "50", "--hosts", hosts(workers)});
  ASSERT_EQ(run.status, 0) << run.err;
  ASSERT_EQ(run.json["workers"][1]["lane_times"].size(), 2u);
  expect_that_it_adds_up(run);
}

TEST(LaneTime, OfOneChunkThatAllLanesShareAddsUp) {
  const MasterRun run = run_master({"--chunks", "1", "--threads", "3", "--kernel", "scalar"});
  ASSERT_EQ(run.status, 0) << run.err;
  expect_that_it_adds_up(run);
  for (const auto& lane : run.json["workers"][0]["lane_times"])
    EXPECT_GT(lane["computing_seconds"], 0.0) << run.json.dump(2);
}

TEST(LaneTime, LeavesOutAWorkerThatNeverCame) {
  const Worker worker({"--threads", "1", "--kernel", "scalar"});
  const MasterRun run =
      run_master({"--chunks", "20", "--hosts", worker.address() + ",127.0.0.1:1"});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_TRUE(run.json["workers"][1]["lane_times"].empty()) << "it never had a lane";
  expect_that_it_adds_up(run);
}

}  // namespace
}  // namespace mandel::e2e
