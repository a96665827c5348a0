// The benchmark of the system's own cost is believed, so it is tested: medians and ratios as
// tables, and a short run with real processes for what must hold however fast the machine is.
#include "tests/bench/overhead.h"

#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/process.h"

namespace mandel {
namespace {

using e2e::Process;
using e2e::TempDir;
using nlohmann::json;

Overhead three_rounds() {
  return {.name = "",
          .tasks = 10,
          .credit = 1,
          .has_keys = false,
          .task_bytes = 0,
          .head_bytes = 0,
          .body_bytes = 50,
          .contenders = {{"mandel", {{300, 60, 0}, {900, 20, 0}, {200, 10, 0}}},
                         {"bare", {{100, 30, 0}, {450, 20, 0}, {50, 10, 0}}}}};
}

TEST(Overhead, TakesMediansOfRoundsAndRatiosWithinThem) {
  const Overhead load = three_rounds();
  const auto& [mandel, bare] = std::tie(load.contenders[0], load.contenders[1]);
  EXPECT_DOUBLE_EQ(load.per_task(mandel, &Usage::wall_ns), 30);
  EXPECT_DOUBLE_EQ(load.per_task(bare, &Usage::wall_ns), 10);
  EXPECT_DOUBLE_EQ(load.ratio(bare, &Usage::wall_ns), 3);  // of 3, 2 and 4
  EXPECT_DOUBLE_EQ(load.ratio(bare, &Usage::master_ns), 1);
  EXPECT_DOUBLE_EQ(load.throughput(bare), 5);
}

json measured(const std::vector<std::string>& options) {
  const TempDir dir;
  std::vector<std::string> command = {MANDEL_BENCH, "overhead", "--json", dir.path("o.json")};
  command.insert(command.end(), options.begin(), options.end());
  Process bench(command);
  EXPECT_EQ(bench.wait(), 0) << bench.err();
  std::ifstream file(dir.path("o.json"));
  return json::parse(file, nullptr, false);
}

TEST(Overhead, MeasuresRealProcessesWithMessagesOfTheSameSizes) {
  const json document = measured({"--tasks", "300", "--payloads", "5", "--repeat", "2"});
  ASSERT_EQ(document["loads"].size(), 5u);
  for (const json& load : document["loads"]) {
    SCOPED_TRACE(load["name"]);
    EXPECT_GT(load["task_bytes"], 10);
    EXPECT_GT(load["head_bytes"], 30);  // a hash of 16 bytes, a sum, numbers
    EXPECT_LT(load["head_bytes"], 200);
    for (const json& contender : load["contenders"]) {
      EXPECT_GT(contender["wall_us"], 0);
      EXPECT_GT(contender["master_cpu_us"], 0);
      EXPECT_GT(contender["workers_cpu_us"], 0);
      EXPECT_EQ(contender["wall_ns_by_round"].size(), 2u);
    }
    EXPECT_EQ(load["contenders"][0]["wall_ratio"], 1);
  }
  EXPECT_EQ(document["loads"][0]["body_bytes"], 16);
  EXPECT_EQ(document["loads"][2]["has_keys"], true);
  EXPECT_EQ(document["loads"][3]["body_bytes"], 1 << 20);
  EXPECT_EQ(document["loads"][3]["contenders"].size(), 3u);
}

TEST(Overhead, FailsWithoutItsWorkers) {
  Process bench({MANDEL_BENCH, "overhead", "--worker", "/bin/true"});
  EXPECT_EQ(bench.wait(), 1);
  EXPECT_NE(bench.err().find("does not serve"), std::string::npos) << bench.err();
}

}  // namespace
}  // namespace mandel
