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

std::vector<Band> bands_of(const Chunking& chunking, std::uint32_t from, std::uint32_t until) {
  std::vector<Band> bands;
  for (std::uint32_t chunk = from; chunk < until; ++chunk) bands.push_back(chunking.band(chunk));
  return bands;
}

struct Link {
  const char* name;
  double one_way_ns;
  double ns_per_byte;
  double bytes_per_pixel;
};
const Link kLinks[] = {{"loopback", 25e3, 1 / 3.0, 4},
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

// The time of the even chunks after the probes, over that of the best of 1, 2, 4 ... and
// neighbours.
double over_best(const Case& subject, bool is_profile_known) {
  const Truth& truth = subject.truth;
  const Probes plan = probe_plan(kRows, truth.columns, truth.workers);
  Truth with_jitter = truth;
  with_jitter.jitter = 0.1;
  Simulation probing(with_jitter, bands_of(Chunking(kRows, plan, 1), 0, plan.chunks()));
  probing.run();

  std::span<const double> costs;
  if (is_profile_known) costs = subject.profile;
  const Workforce workforce{truth.workers, truth.workers * truth.lanes, truth.credit_max()};
  const auto measured = learn_from(probing.probes(), workforce, costs);
  const ChunkChoice choice =
      choose_even_chunks(*measured, {truth.columns, kRows, plan.rows(), costs});

  const auto wall = [&](std::uint32_t chunks) {
    const Chunking chunking(kRows, plan, chunks);
    return Simulation(truth, bands_of(chunking, plan.chunks(), chunking.chunks())).run();
  };
  double best = wall(1);
  for (std::uint32_t power = 2; power < kRows; power *= 2)
    for (const std::uint32_t count : {power - 1, power, power + 1})
      best = std::min(best, wall(count));
  return wall(choice.chunks) / best;
}

TEST(ChunkChoice, IsWithin5PercentOfTheBestOnEveryLinkAndPictureWhoseProfileIsKnown) {
  for (const Case& subject : cases()) EXPECT_LE(over_best(subject, true), 1.05) << subject.name;
}

// A dear band that no probe has seen can't be cut as if it had been; what can be had is a bound.
TEST(ChunkChoice, IsNotFarFromTheBestWhereTheProfileIsNotKnown) {
  double sum = 0;
  const std::vector<Case> all = cases();
  for (const Case& subject : all) {
    const double ratio = over_best(subject, false);
    EXPECT_LE(ratio, 1.4) << subject.name;
    sum += ratio;
  }
  EXPECT_LE(sum / static_cast<double>(all.size()), 1.05);
}

TEST(ChunkChoice, ProbesAreFewRowsAndNoneWhereTheyWouldCostMuch) {
  for (const std::uint32_t rows : {500u, 1000u, 4000u, 40'000u})
    for (const std::uint32_t workers : {1u, 3u, 1000u}) {
      const Probes plan = probe_plan(rows, 1000, workers);
      EXPECT_GT(plan.chunks(), 0u) << rows;
      EXPECT_LE(plan.rows(), rows / 50) << rows;
      EXPECT_GE(plan.large_rows, 4 * plan.small_rows) << rows;
      EXPECT_LE(plan.large_rows * 4000u, 256u * 1024) << rows;
    }
  EXPECT_EQ(probe_plan(100, 1000, 1), Probes{});
  EXPECT_EQ(probe_plan(4000, 1u << 20, 1), Probes{}) << "rows of 4 MiB";
}

TEST(ChunkChoice, MeasuresLatencyBandwidthAndSpeedByTheLeastOfEachSize) {
  const auto probe = [](std::uint32_t rows, Nanoseconds wire_ns) {
    const std::uint64_t bytes = 1000 * rows;
    return Probe{{0, rows}, 1000 * rows,   bytes,       5000 + wire_ns,
                 5000,      20'000 * rows, 1000 * rows, 7000};
  };
  const std::vector<Probe> probes = {probe(1, 3'000'000), probe(1, 2'100'000), probe(21, 4'100'000),
                                     probe(21, 9'000'000)};
  const auto measured = learn_from(probes, {2, 4, 16}, {});
  ASSERT_TRUE(measured);
  EXPECT_NEAR(measured->farm.wire_ns_per_byte, 100, 0.1);
  EXPECT_NEAR(measured->farm.latency_ns, 2e6, 1e3);
  EXPECT_EQ(measured->farm.lanes, 2u);
  EXPECT_NEAR(measured->bytes_per_pixel, 1, 1e-9);
  EXPECT_GT(measured->lane_ns_per_pixel, 21 / 1.75);
  EXPECT_LE(measured->lane_ns_per_pixel, 21);
  EXPECT_FALSE(learn_from({}, {2, 4, 16}, {}));
}

TEST(ChunkChoice, NoiseGivesNoNegativeFigures) {
  const std::vector<Probe> probes = {{{0, 1}, 1000, 4000, 900, 1000, 10, 0, 0},
                                     {{1, 8}, 8000, 32'000, 700, 1000, 80, 0, 0}};
  const auto measured = learn_from(probes, {1, 1, 12}, {});
  EXPECT_EQ(measured->farm.wire_ns_per_byte, 0);
  EXPECT_EQ(measured->farm.latency_ns, 0);
}

TEST(ChunkChoice, NoChunkIsLargerThanTheWireAllowsAndTheReasonNamesTheFigures) {
  Measured measured{{1, 1, 12, 1e6, 80, 15'000}, 0.001, 0.4};
  const ChunkChoice choice = choose_even_chunks(measured, {20'000, 20'000, 0, {}});
  EXPECT_GE(choice.chunks, 48u) << "1.6 GB in 32 MiB each";
  for (const char* part : {"chunks: 1 ms round trip", "100 Mbit/s", "ns a pixel"})
    EXPECT_NE(choice.reason.find(part), std::string::npos) << choice.reason;
}

}  // namespace
}  // namespace mandel
