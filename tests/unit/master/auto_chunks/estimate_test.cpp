// The count that is chosen must be near the best one, on links and pictures of every kind.
#include "master/auto_chunks/estimate.h"

#include <cstdlib>
#include <fmt/format.h>
#include <functional>
#include <gtest/gtest.h>
#include <limits>
#include <map>
#include <span>
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

std::vector<Band> bands_of(const Chunking& chunking, ChunkId from = 0) {
  std::vector<Band> bands;
  for (ChunkId chunk = from; chunk < chunking.chunks(); ++chunk)
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

// What is known of a picture of so many pixels: what a block's rows cost in the middle of each
// quarter (row_costs.h).
std::vector<double> glimpse(std::span<const double> profile) {
  constexpr std::size_t kBands = 4, kBlockRows = 16;
  std::vector<double> costs(profile.size());
  for (std::size_t band = 0; band < kBands; ++band) {
    const std::size_t first = (2 * band + 1) * (profile.size() - kBlockRows) / (2 * kBands);
    double sum = 0;
    for (const double cost : profile.subspan(first, kBlockRows)) sum += cost;
    for (std::size_t row = band * profile.size() / kBands;
         row < (band + 1) * profile.size() / kBands; ++row)
      costs[row] = sum / kBlockRows;
  }
  return costs;
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

constexpr std::uint32_t kSeeds = 4;

// In the mean of some runs: in each alone, the best count is whichever was lucky.
double mean_wall(Truth truth, const std::function<double(const Truth&)>& wall) {
  truth.jitter = 0.1;
  double sum = 0;
  for (truth.seed = 0; truth.seed < kSeeds; ++truth.seed) sum += wall(truth);
  return sum / kSeeds;
}

double wall_of(const Truth& truth, std::uint32_t chunks) {
  return Simulation(truth, bands_of(Chunking(kRows, chunks))).run();
}

// From the opening on.
double wall_of_auto(const Truth& truth, std::span<const double> costs) {
  const Opening opening = *opening_for(kRows, truth.columns, truth.workers, costs);
  const ModelFarm workers{
      .workers = truth.workers, .lanes = truth.lanes, .credit_max = truth.credit_max()};
  const auto cut_rest = [&](const std::vector<Probe>& probes) -> std::vector<Band> {
    if (!is_enough(probes)) return {};
    const auto measured = measured_by(probes, workers, costs);
    const auto choice = estimate_chunks(*measured, {truth.columns, kRows, opening, costs});
    return bands_of(Chunking(kRows, opening, choice.chunks), opening.chunks());
  };
  const std::vector<Band> first = bands_of(Chunking(kRows, opening, 0));
  return Simulation(truth, first, opening.share(truth.workers), cut_rest).run();
}

// Of 1, 2, 4 ... and neighbours.
double best_wall(const Truth& truth) {
  double best = std::numeric_limits<double>::infinity();
  for (std::uint32_t power = 1; power < kRows; power *= 2)
    for (const std::uint32_t count : {power - 1, power, power + 1})
      if (count > 0)
        best = std::min(best, mean_wall(truth, [&](const Truth& t) { return wall_of(t, count); }));
  return best;
}

double mean_wall_of_auto(const Truth& truth, std::span<const double> costs) {
  return mean_wall(truth, [&](const Truth& t) { return wall_of_auto(t, costs); });
}

// Of farms, how far from the best each was.
struct Ratios {
  double sum = 0;
  std::size_t farms = 0;
  std::size_t within_5_percent = 0;

  void add(double ratio) {
    sum += ratio;
    ++farms;
    within_5_percent += ratio <= 1.05;
  }
};

// With the opening on the clock. What the choice can't know is when each worker gets its next
// chunk, and where each has few large ones that decides by a few percent; nor, after a glimpse,
// that the rows which look dear are not a quarter of the picture, but few.
TEST(Estimate, IsNearTheBestOnEveryLinkAndPicture) {
  Ratios knowing, guessing;
  const std::vector<Case> all = cases();
  // A sanitizer makes each take a second: a few of every kind, then.
  const std::size_t stride = std::getenv("MANDEL_SANITIZED") != nullptr ? 7 : 1;
  for (std::size_t k = 0; k < all.size(); k += stride) {
    const auto& [truth, profile, name] = all[k];
    const double best = best_wall(truth);
    const double knowing_all = mean_wall_of_auto(truth, profile) / best;
    const double after_glimpse = mean_wall_of_auto(truth, glimpse(profile)) / best;
    EXPECT_LE(knowing_all, 1.2) << name;
    EXPECT_LE(after_glimpse, 1.3) << name;
    knowing.add(knowing_all);
    guessing.add(after_glimpse);
  }
  for (const Ratios& ratios : {knowing, guessing}) {
    EXPECT_LE(ratios.sum / static_cast<double>(ratios.farms), 1.04);
    EXPECT_GE(ratios.within_5_percent, ratios.farms * 3 / 4);
  }
}

TEST(Estimate, OpeningsAreFewRowsAndThereIsNoneOfAPictureThatIsTooLowOrTooWide) {
  for (const std::uint32_t rows : {500u, 1000u, 4000u, 40'000u})
    for (const std::uint32_t workers : {1u, 3u, 1000u}) {
      const auto opening = opening_for(rows, 1000, workers, flat(rows));
      ASSERT_TRUE(opening);
      EXPECT_TRUE(Chunking::is_possible(rows, *opening, 0));
      EXPECT_LE(opening->rows(), rows / 6);
      EXPECT_GE(opening->groups, 2u);
      EXPECT_LE(opening->groups, std::max(2u, workers));
      EXPECT_GE(opening->bands, 1u);
      EXPECT_GE(opening->band_rows, 4u);
      EXPECT_LE(opening->band_rows * 4000u, 4096u * 1024);
    }
  const auto wide = opening_for(1u << 17, 1u << 16, 1000, flat(1u << 17));
  EXPECT_LE(wide->rows() * std::uint64_t{4} << 16, 128u << 20) << "it may wait in memory";
  EXPECT_FALSE(opening_for(50, 1000, 1, flat(50)));
  EXPECT_FALSE(opening_for(4000, 1u << 20, 1, flat(4000))) << "rows of 4 MiB";
}

TEST(Estimate, TheOpeningLiesWhereRowsCostWhatMostDo) {
  for (const std::vector<double>& costs : {tutorial_profile(), dear_band_profile()}) {
    const Opening opening = *opening_for(kRows, 1000, 2, costs);
    double cost = 0;
    for (std::uint32_t row = opening.first_row; row < opening.end_row(); ++row) cost += costs[row];
    EXPECT_NEAR(cost / opening.rows(), 1, 0.05);
  }
}

TEST(Estimate, TwoProbesOfEachSizeAreEnough) {
  const Probe single{{0, 1}}, band{{1, 8}};
  EXPECT_FALSE(is_enough({}));
  EXPECT_FALSE(is_enough(std::vector{single, band, band, band}));
  EXPECT_FALSE(is_enough(std::vector{single, single, band}));
  EXPECT_TRUE(is_enough(std::vector{band, single, band, single}));
}

TEST(Estimate, MeasuresLatencyBandwidthAndSpeedByTheLeastOfEachSize) {
  const auto probe = [](std::uint32_t rows, Nanoseconds wire_ns) {
    const std::uint64_t bytes = 1000 * rows;
    return Probe{{0, rows}, 1000 * rows,   bytes,       5000 + wire_ns,
                 5000,      20'000 * rows, 1000 * rows, 7000};
  };
  const std::vector<Probe> probes = {probe(1, 3'000'000), probe(1, 2'100'000), probe(21, 4'100'000),
                                     probe(21, 9'000'000)};
  const auto measured = measured_by(probes, {2, 2, 16}, flat(1000));
  ASSERT_TRUE(measured);
  EXPECT_NEAR(measured->farm.wire_ns_per_byte, 100, 0.1);
  EXPECT_NEAR(measured->farm.latency_ns, 2e6, 1e3);
  EXPECT_EQ(measured->farm.lanes, 2u);
  EXPECT_NEAR(measured->bytes_per_pixel, 1, 1e-9);
  EXPECT_GT(measured->lane_ns_per_pixel, 21 / 1.75);
  EXPECT_LE(measured->lane_ns_per_pixel, 21);
  EXPECT_FALSE(measured_by({}, {2, 2, 16}, flat(1000)));
}

TEST(Estimate, MeasuresTheBandwidthOfALinkThatTwoLargeProbesShare) {
  const auto probe = [](std::uint32_t rows, Nanoseconds sent_ns, Nanoseconds wire_ns) {
    const std::uint64_t bytes = 1000 * rows;
    return Probe{{0, rows},     1000 * rows, bytes, 5000 + wire_ns, 5000,
                 20'000 * rows, 1000 * rows, 7000,  sent_ns};
  };
  // Their 20,000 further bytes each, at 100 ns, cross the link in turn, packet by packet.
  const std::vector<Probe> probes = {probe(1, 0, 2'100'000), probe(21, 1000, 6'100'000),
                                     probe(21, 1000, 6'100'000)};
  const auto measured = measured_by(probes, {2, 2, 16}, flat(1000));
  EXPECT_NEAR(measured->farm.wire_ns_per_byte, 100, 0.1);
}

TEST(Estimate, NoiseGivesNoNegativeFiguresAndNoBandwidthThatTheMasterDoesNotHave) {
  const std::vector<Probe> probes = {{{0, 1}, 1000, 4000, 900, 1000, 10, 0, 0},
                                     {{1, 8}, 8000, 32'000, 700, 1000, 80, 0, 0}};
  const auto measured = measured_by(probes, {1, 1, 12}, flat(1000));
  EXPECT_EQ(measured->farm.wire_ns_per_byte, 1);
  EXPECT_EQ(measured->farm.latency_ns, 0);
}

TEST(Estimate, NoChunkIsLargerThanTheWireAllowsAndTheReasonNamesTheFigures) {
  Measured measured{{1, 1, 12, 1e6, 80, 15'000}, 0.001, 0.4};
  const std::vector<double> flat_rows = flat(20'000);
  const Estimate choice = estimate_chunks(measured, {20'000, 20'000, {9000, 2, 3, 12}, flat_rows});
  EXPECT_GE(choice.chunks, 48u) << "1.6 GB in 32 MiB each";
  for (const char* part : {"8 chunks, then ", ": 1 ms round trip", "100 Mbit/s", "ns a pixel"})
    EXPECT_NE(choice.reason.find(part), std::string::npos) << choice.reason;
}

}  // namespace
}  // namespace mandel
