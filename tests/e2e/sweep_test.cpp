// `mandel-master sweep` with real workers: many jobs over one connection, all of them right.
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>

#include "process.h"

namespace mandel::e2e {
namespace {

MasterRun sweep(std::vector<std::string> options) {
  options.insert(options.begin(), "sweep");
  Process process(master_command(std::move(options)));
  const auto status = process.wait();
  return {status.value_or(-1), process.out(), process.err(), {}};
}

nlohmann::json read_json(const std::string& path) {
  std::ifstream file(path);
  return nlohmann::json::parse(file);
}

// More jobs than a session may have open at once.
TEST(Sweep, MeasuresEveryChunkCountOverTheSameConnections) {
  std::vector<Worker> workers;
  for (int k = 0; k < 2; ++k) workers.emplace_back();
  const TempDir folder;
  const MasterRun run = sweep({"--hosts", hosts(workers), "--chunks", "16,100,auto,40,500,250",
                               "--repeat", "4", "--report", folder.path("report")});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.err.find("lost"), std::string::npos) << run.err;
  EXPECT_NE(run.out.find("--chunks auto: "), std::string::npos) << run.out;
  const auto json = read_json(folder.path("report/sweep.json"));
  EXPECT_EQ(json["sum"], 1148485);
  ASSERT_EQ(json["points"].size(), 5u);
  for (const auto& point : json["points"]) ASSERT_EQ(point["runs"].size(), 4u);
  for (const char* name : {"sweep.html", "sweep.csv", "wall.svg", "gantt.svg"})
    EXPECT_GT(std::filesystem::file_size(folder.path(fmt::format("report/{}", name))), 500u);
}

TEST(Sweep, OfTheWorkerInsideNeedsNothingElse) {
  const MasterRun run = sweep({"--chunks", "1,500", "--repeat", "1"});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.out.find("chunks"), std::string::npos) << run.out;
}

TEST(Sweep, SaysWhichCountsCanNotBeHad) {
  const MasterRun run = sweep({"--tutorial-size", "100", "--chunks", "10,1000", "--repeat", "1"});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.err.find("there are only 50 rows"), std::string::npos) << run.err;
}

TEST(Sweep, WithNobodyThereEndsLikeAJob) {
  const MasterRun run = sweep({"--hosts", "127.0.0.1:1", "--patience", "0.2"});
  EXPECT_EQ(run.status, 4);
  EXPECT_NE(run.err.find("no worker could be used"), std::string::npos) << run.err;
}

TEST(Sweep, RefusesWhatIsNoChunkCount) {
  for (const char* counts : {"", "0", "1,,2", "1,x", "3000000", "auto"}) {
    const MasterRun run = sweep({"--chunks", counts});
    EXPECT_EQ(run.status, 2) << counts;
    EXPECT_NE(run.err.find("--chunks"), std::string::npos) << run.err;
  }
}

TEST(Sweep, WantsItsOptionsBehindItsName) {
  Process process(master_command({"--chunks", "4", "sweep"}));
  EXPECT_EQ(process.wait(), 2);
  EXPECT_NE(process.err().find("after the word sweep"), std::string::npos) << process.err();
}

}  // namespace
}  // namespace mandel::e2e
