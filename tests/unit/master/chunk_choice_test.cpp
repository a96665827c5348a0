#include "master/chunk_choice.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <vector>

#include "farm_sim.h"
#include "kernels/grid.h"

namespace mandel {
namespace {

using farm_sim::Simulation;
using farm_sim::Truth;

constexpr std::uint32_t kRows = 1000;

std::vector<double> flat(std::uint32_t rows) { return std::vector(rows, 1.0); }

std::vector<Band> bands_of(const Chunking& chunking) {
  std::vector<Band> bands;
  for (std::uint32_t chunk = 0; chunk < chunking.chunks(); ++chunk)
    bands.push_back(chunking.band(chunk));
  return bands;
}

struct Link {
  const char* name;
  double one_way_ns;
  double ns_per_byte;
  double bytes_per_pixel;
};
const Link kLinks[] = {{"loopback", 25e3, 1, 4},
                       {"100 Mbit/s, 1 ms", 1e6, 80, 0.4},
                       {"20 Mbit/s, 10 ms", 10e6, 400, 0.4}};

// Relative costs of rows; their mean is 1.
std::vector<double> normalised(std::vector<double> costs) {
  double total = 0;
  for (const double cost : costs) total += cost;
  for (double& cost : costs) cost *= static_cast<double>(costs.size()) / total;
  return costs;
}

// What the plain loop executes in each row of the tutorial's region.
std::vector<double> tutorial_profile() {
  const Axes axes = tutorial_axes(2 * kRows);
  std::vector<double> costs;
  for (std::uint32_t row = 0; row < kRows; ++row) {
    double executed = 0;
    for (std::size_t k = 0; k < axes.xs.size(); k += 16) {
      double x = 0, y = 0;
      for (int n = 0; n < 500 && x * x + y * y <= 4; ++n, ++executed) {
        const double next = x * x - y * y + axes.xs[k];
        y = 2 * x * y + axes.ys[row];
        x = next;
      }
    }
    costs.push_back(executed);
  }
  return normalised(costs);
}

std::vector<double> dear_band_profile() {
  std::vector<double> costs(kRows, 1.0);
  for (std::uint32_t row = 600; row < 680; ++row) costs[row] = 10;
  return normalised(costs);
}

struct Case {
  Truth truth;
  std::vector<double> profile;
  std::string name;
};

std::vector<Case> cases() {
  const std::map<std::string, std::vector<double>> profiles = {
      {"flat", std::vector<double>(kRows, 1.0)},
      {"tutorial", tutorial_profile()},
      {"dear band", dear_band_profile()}};
  std::vector<Case> cases;
  for (const Link& link : kLinks)
    for (const auto& [name, profile] : profiles)
      for (const double ns_per_pixel : {5.0, 50.0, 400.0})
        for (const std::uint32_t lanes : {2u, 8u})
          for (const std::uint32_t workers : {1u, 3u}) {
            Truth truth{.workers = workers, .lanes = lanes, .columns = kRows};
            truth.one_way_ns = link.one_way_ns;
            truth.ns_per_byte = link.ns_per_byte;
            truth.bytes_per_pixel = link.bytes_per_pixel;
            for (const double cost : profile) truth.row_ns.push_back(cost * ns_per_pixel * kRows);
            cases.push_back({truth, profile,
                             fmt::format("{}, {}, {} ns a pixel, {} workers of {} lanes", link.name,
                                         name, ns_per_pixel, workers, lanes)});
          }
  return cases;
}

// The job's time without its probes, over that of the best of 1, 2, 4 ... and neighbours.
double over_best(const Case& subject) {
  const Truth& truth = subject.truth;
  const std::span<const double> costs = subject.profile;
  Truth with_jitter = truth;
  with_jitter.jitter = 0.1;
  Simulation probing(with_jitter, probe_plan(kRows, truth.columns, truth.workers, costs));
  probing.run();

  const Workforce workforce{truth.workers, truth.workers * truth.lanes, truth.credit_max()};
  const auto measured = learn_from(probing.probes(), workforce, costs);
  const ChunkChoice choice = choose_chunks_for(*measured, {truth.columns, kRows, costs});

  const auto wall = [&](std::uint32_t chunks) {
    return Simulation(truth, bands_of(Chunking(kRows, chunks))).run();
  };
  double best = wall(1);
  for (std::uint32_t power = 2; power < kRows; power *= 2)
    for (const std::uint32_t count : {power - 1, power, power + 1})
      best = std::min(best, wall(count));
  return wall(choice.chunks) / best;
}

TEST(ChunkChoice, IsWithin5PercentOfTheBestOnEveryLinkAndPicture) {
  for (const Case& subject : cases()) EXPECT_LE(over_best(subject), 1.05) << subject.name;
}

TEST(ChunkChoice, ProbesAreFewRowsAndNoneWhereTheyWouldCostMuch) {
  for (const std::uint32_t rows : {500u, 1000u, 4000u, 40'000u})
    for (const std::uint32_t workers : {1u, 3u, 1000u}) {
      const std::vector<Band> plan = probe_plan(rows, 1000, workers, flat(rows));
      ASSERT_GT(plan.size(), 2u) << rows;
      std::uint32_t sum = 0;
      for (const Band& band : plan) sum += band.rows;
      EXPECT_LE(sum, rows / 50) << rows;
      EXPECT_EQ(plan.front().rows, 1u);
      EXPECT_GE(plan.back().rows, 4u) << rows;
      EXPECT_LE(plan.back().rows * 4000u, 256u * 1024) << rows;
      EXPECT_LE(plan.back().first_row + plan.back().rows, rows);
    }
  EXPECT_TRUE(probe_plan(100, 1000, 1, flat(100)).empty());
  EXPECT_TRUE(probe_plan(4000, 1u << 20, 1, flat(4000)).empty()) << "rows of 4 MiB";
}

TEST(ChunkChoice, TheLargeProbesLieWhereARowCostsWhatMostDo) {
  std::vector<double> costs(1000, 1.0);
  for (std::uint32_t row = 900; row < 1000; ++row) costs[row] = 100;
  for (std::uint32_t row = 300; row < 340; ++row) costs[row] = 11;  // near the mean
  EXPECT_EQ(probe_plan(1000, 1000, 1, costs).back().first_row / 10, 30u);
}

TEST(ChunkChoice, MeasuresLatencyBandwidthAndSpeedByTheLeastOfEachSize) {
  const auto probe = [](std::uint32_t rows, Nanoseconds wire_ns) {
    const std::uint64_t bytes = 1000 * rows;
    return Probe{{0, rows}, 1000 * rows,   bytes,       5000 + wire_ns,
                 5000,      20'000 * rows, 1000 * rows, 7000};
  };
  const std::vector<Probe> probes = {probe(1, 3'000'000), probe(1, 2'100'000), probe(21, 4'100'000),
                                     probe(21, 9'000'000)};
  const auto measured = learn_from(probes, {2, 4, 16}, flat(1000));
  ASSERT_TRUE(measured);
  EXPECT_NEAR(measured->farm.wire_ns_per_byte, 100, 0.1);
  EXPECT_NEAR(measured->farm.latency_ns, 2e6, 1e3);
  EXPECT_EQ(measured->farm.lanes, 2u);
  EXPECT_NEAR(measured->bytes_per_pixel, 1, 1e-9);
  EXPECT_GT(measured->lane_ns_per_pixel, 21 / 1.75);
  EXPECT_LE(measured->lane_ns_per_pixel, 21);
  EXPECT_FALSE(learn_from({}, {2, 4, 16}, flat(1000)));
}

TEST(ChunkChoice, MeasuresTheBandwidthOfALinkThatTwoLargeProbesShare) {
  const auto probe = [](std::uint32_t rows, Nanoseconds sent_ns, Nanoseconds wire_ns) {
    const std::uint64_t bytes = 1000 * rows;
    return Probe{{0, rows},     1000 * rows, bytes, 5000 + wire_ns, 5000,
                 20'000 * rows, 1000 * rows, 7000,  sent_ns};
  };
  // Their 20,000 further bytes each, at 100 ns, cross the link in turn, packet by packet.
  const std::vector<Probe> probes = {probe(1, 0, 2'100'000), probe(21, 1000, 6'100'000),
                                     probe(21, 1000, 6'100'000)};
  const auto measured = learn_from(probes, {2, 4, 16}, flat(1000));
  EXPECT_NEAR(measured->farm.wire_ns_per_byte, 100, 0.1);
}

TEST(ChunkChoice, NoiseGivesNoNegativeFiguresAndNoBandwidthThatTheMasterDoesNotHave) {
  const std::vector<Probe> probes = {{{0, 1}, 1000, 4000, 900, 1000, 10, 0, 0},
                                     {{1, 8}, 8000, 32'000, 700, 1000, 80, 0, 0}};
  const auto measured = learn_from(probes, {1, 1, 12}, flat(1000));
  EXPECT_EQ(measured->farm.wire_ns_per_byte, 1);
  EXPECT_EQ(measured->farm.latency_ns, 0);
}

TEST(ChunkChoice, NoChunkIsLargerThanTheWireAllowsAndTheReasonNamesTheFigures) {
  Measured measured{{1, 1, 12, 1e6, 80, 15'000}, 0.001, 0.4};
  const std::vector<double> flat_rows = flat(20'000);
  const ChunkChoice choice = choose_chunks_for(measured, {20'000, 20'000, flat_rows});
  EXPECT_GE(choice.chunks, 48u) << "1.6 GB in 32 MiB each";
  for (const char* part : {"chunks: 1 ms round trip", "100 Mbit/s", "ns a pixel"})
    EXPECT_NE(choice.reason.find(part), std::string::npos) << choice.reason;
}

}  // namespace
}  // namespace mandel
