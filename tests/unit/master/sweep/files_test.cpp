// CSV and JSON, read back.
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "master/stats/time_parts.h"
#include "master/sweep/csv.h"
#include "master/sweep/json.h"
#include "tests/unit/master/sweep/made_sweep.h"

namespace mandel {
namespace {

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells(1);
  bool is_quoted = false;
  for (std::size_t k = 0; k < line.size(); ++k) {
    if (line[k] == '"' && is_quoted && k + 1 < line.size() && line[k + 1] == '"')
      cells.back() += line[k++];
    else if (line[k] == '"')
      is_quoted = !is_quoted;
    else if (line[k] == ',' && !is_quoted)
      cells.emplace_back();
    else
      cells.back() += line[k];
  }
  return cells;
}

using Records = std::vector<std::map<std::string, std::string>>;

Records read_csv(const std::string& csv) {
  std::istringstream lines(csv);
  std::string line;
  std::getline(lines, line);
  const auto names = cells_of(line);
  Records records;
  while (std::getline(lines, line)) {
    const auto cells = cells_of(line);
    EXPECT_EQ(cells.size(), names.size()) << line;
    auto& record = records.emplace_back();
    for (std::size_t k = 0; k < std::min(names.size(), cells.size()); ++k)
      record[names[k]] = cells[k];
  }
  return records;
}

TEST(SweepCsv, HasALineARunAndSurvivesQuotesAndCommas) {
  const Sweep sweep = tiny_sweep();
  Records records = read_csv(sweep_csv(sweep));
  ASSERT_EQ(records.size(), 5u);
  EXPECT_EQ(records[0]["job"], sweep.job);
  EXPECT_EQ(records[0]["run"], "1");
  EXPECT_EQ(records[1]["is_median"], "0");
  EXPECT_EQ(records[2]["is_median"], "1");
  EXPECT_EQ(records[2]["run"], "2");
  EXPECT_EQ(records[2]["lanes"], "2");
  EXPECT_EQ(records[2]["chunks"], "4");
  EXPECT_EQ(records[2]["rows_per_chunk"], "2");
  EXPECT_EQ(records[2]["wall_ns"], "10000000");
  EXPECT_EQ(records[2]["bytes_in"], "1500");
  EXPECT_EQ(records[2]["bytes_out"], "500");
  EXPECT_EQ(records[2]["computing_ns"], "16000000");
  EXPECT_EQ(records[2]["wire_ns"], "3000000");
  EXPECT_EQ(records[2]["tail_ns"], "1000000");
  EXPECT_EQ(records[2]["away_ns"], "0");
  EXPECT_EQ(records[2]["wall_seconds"], "0.01");
  EXPECT_EQ(records[2]["computing_seconds"], "0.016");
  EXPECT_EQ(records[2]["wire_seconds"], "0.003");
  EXPECT_EQ(records[2]["overhead_per_chunk_seconds"], "0.001");
  EXPECT_EQ(records[2]["speed_up"], "1.5");
  EXPECT_EQ(records[2]["efficiency"], "0.75");
  EXPECT_EQ(records[2]["overhead_per_chunk_us"], "1000");
  EXPECT_EQ(records[2]["network_share"], "0.15");
}

TEST(SweepJson, HoldsEverythingDownToTheSpans) {
  const Sweep sweep = made_sweep({{"desk1", "simd", 2}, {"desk2", "cuda", 1}}, {2, 8});
  const auto json = nlohmann::json::parse(sweep_json(sweep, nullptr));
  EXPECT_EQ(json["sum"], 1148485);
  EXPECT_EQ(json["lanes"], 3);
  EXPECT_EQ(json["workers"][1]["kernel"], "cuda");
  EXPECT_EQ(json["best_chunks"], 8);
  EXPECT_FALSE(json.contains("fit"));
  ASSERT_EQ(json["points"].size(), 2u);
  ASSERT_EQ(json["points"][1]["runs"].size(), 5u);
  const auto& run = json["points"][1]["runs"][3];
  const RunFigures& figures = sweep.points[1].runs[3];
  EXPECT_EQ(run["wall_ns"], figures.wall_ns);
  EXPECT_EQ(run["split"]["handover_ns"], figures.split.handover_ns);
  EXPECT_EQ(run["split"].size(), kTimeParts.size());
  EXPECT_EQ(run["wall_seconds"], seconds(figures.wall_ns));
  EXPECT_EQ(run["cpu_seconds"], seconds(figures.master_cpu_ns));
  EXPECT_EQ(run["time"]["handover_seconds"], seconds(figures.split.handover_ns));
  EXPECT_EQ(run["time"].size(), kTimeParts.size());
  EXPECT_EQ(json["one_lane_seconds"], seconds(json["one_lane_ns"].get<Nanoseconds>()));
  EXPECT_EQ(run["chunks"]["chunk"].size(), 8u);
  EXPECT_EQ(run["chunks"]["first_row"][5], figures.chunks[5].first_row);
  EXPECT_EQ(run["chunks"]["received_ns"][5], figures.chunks[5].received);
  EXPECT_EQ(run["chunks"]["received_seconds"][5], seconds(figures.chunks[5].received));
  EXPECT_EQ(run["chunks"]["is_accepted"][5], true);
  ASSERT_EQ(run["spans"]["began_ns"].size(), 8u);
  EXPECT_EQ(run["spans"]["began_ns"][5], figures.chunks[5].spans[0].began);
  EXPECT_EQ(run["spans"]["began_seconds"][5], seconds(figures.chunks[5].spans[0].began));
  EXPECT_EQ(run["spans"]["worker"][5], figures.chunks[5].worker);
}

TEST(SweepJson, HoldsTheFitAndSurvivesNamesThatAreNoText) {
  Sweep sweep = tiny_sweep();
  sweep.workers[0].kernel = "simd\xff\"";
  const FitView fit = {{{"startup", 0.5, 0.1, "s"}}, {{4, 0.011}}, {{4, 0.011}, {5, 0.012}}, 5};
  const auto json = nlohmann::json::parse(sweep_json(sweep, &fit));
  EXPECT_EQ(json["workers"][0]["kernel"], "simd\xEF\xBF\xBD\"");
  EXPECT_EQ(json["fit"]["coefficients"][0]["name"], "startup");
  EXPECT_EQ(json["fit"]["coefficients"][0]["error"], 0.1);
  EXPECT_EQ(json["fit"]["points"][0]["wall_seconds"], 0.011);
  EXPECT_EQ(json["fit"]["points"][0]["wall_s"], 0.011);
  EXPECT_EQ(json["fit"]["curve"].size(), 2u);
  EXPECT_EQ(json["fit"]["best_chunks"], 5);
}

}  // namespace
}  // namespace mandel
