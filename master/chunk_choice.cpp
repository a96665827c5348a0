// See chunk_choice.h.
#include "master/chunk_choice.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <numeric>
#include <vector>

#include "common/error.h"
#include "common/job.h"
#include "kernels/lane_pool.h"

namespace mandel {
namespace {

constexpr std::uint32_t kProbeShare = 50;             // one row in so many is a probe's
constexpr std::uint64_t kProbeBytesMax = 256 * 1024;  // raw: 0.1 s at 20 Mbit/s
constexpr double kSending_ns = 8'000;  // what the master spends on a task, with every check on
constexpr double kDearShares[] = {0, 0.5, 0.1};  // of the rows, where costs are not known
constexpr double kDearFactor = 10;
constexpr double kIndifferent = 0.01;  // of the time: not worth telling apart
constexpr double kFinerBy = 1.09;      // between candidates

// By how much the claims of a chunk that all lanes of a worker share cost more than large ones.
double shared_tile_factor(std::uint32_t rows, std::uint32_t lanes, std::uint32_t columns) {
  double sum = 0;
  for (std::uint32_t left = rows; left > 0;) {
    const std::uint32_t claim =
        std::min(left, guided_rows(std::uint64_t{left} * columns, 1.0 / lanes, columns));
    sum += claim * tile_factor(claim);
    left -= claim;
  }
  return sum / rows;
}

double wire_ns(const Probe& probe) {
  return std::max<double>(0, static_cast<double>(probe.round_trip_ns - probe.residence_ns));
}

// The least over the probes with so many rows of what `figure` says.
template <typename Figure>
double least(std::span<const Probe> probes, std::uint32_t rows, Figure figure) {
  double least = std::numeric_limits<double>::infinity();
  for (const Probe& probe : probes)
    if (probe.band.rows == rows) least = std::min<double>(least, figure(probe));
  return least;
}

double sum_of(std::span<const double> costs) {
  return std::accumulate(costs.begin(), costs.end(), 0.0);
}

// What the rows may cost. Where it isn't known: all like the probes, or with a band that is dear,
// since a picture's first rows are mostly cheap ones.
std::vector<RowCosts> assumptions(const Measured& measured, const Uncut& uncut) {
  const double row_ns = measured.lane_ns_per_pixel * uncut.columns;
  if (!uncut.row_costs.empty()) {
    const double scale = row_ns * uncut.rows / std::max(sum_of(uncut.row_costs), 1e-9);
    return {RowCosts(uncut.rows, [&](std::uint32_t row) { return uncut.row_costs[row] * scale; })};
  }
  std::vector<RowCosts> assumptions;
  for (const double share : kDearShares)
    assumptions.emplace_back(uncut.rows, [&](std::uint32_t row) {
      const bool is_dear = std::abs(row - 0.5 * uncut.rows) < 0.5 * share * uncut.rows;
      return row_ns * (is_dear ? kDearFactor : 1);
    });
  return assumptions;
}

double predict(const Measured& measured, const Uncut& uncut, const RowCosts& costs,
               std::uint32_t chunks) {
  const Chunking chunking(uncut.rows - uncut.first_row, chunks);
  Cut cut{{}, uncut.columns, measured.bytes_per_pixel};
  for (std::uint32_t chunk = 0; chunk < chunks; ++chunk) {
    const Band band = chunking.band(chunk);
    cut.chunks.push_back({uncut.first_row + band.first_row, band.rows});
  }
  return predict_wall_ns(measured.farm, cut, costs);
}

std::vector<std::uint32_t> candidates(const Uncut& uncut) {
  const std::uint32_t rows = uncut.rows - uncut.first_row;
  const std::uint64_t row_bytes = std::uint64_t{uncut.columns} * sizeof(std::uint32_t);
  const std::uint64_t rows_max = std::clamp<std::uint64_t>(kChunkBytesMax / row_bytes, 1, rows);
  std::vector<std::uint32_t> counts;
  for (double count = std::ceil(static_cast<double>(rows) / static_cast<double>(rows_max));
       count <= rows; count = std::max(count + 1, std::floor(count * kFinerBy)))
    counts.push_back(static_cast<std::uint32_t>(count));
  return counts;
}

// Where many counts are about as good, the one in their middle, on a scale of ratios: it stays good
// when the probes were somewhat wrong.
std::size_t middle_of_best(std::span<const std::uint32_t> counts, std::span<const double> regrets) {
  const auto best = static_cast<std::size_t>(std::ranges::min_element(regrets) - regrets.begin());
  const double enough = regrets[best] + kIndifferent;
  std::size_t from = best, to = best;
  while (from > 0 && regrets[from - 1] <= enough) --from;
  while (to + 1 < regrets.size() && regrets[to + 1] <= enough) ++to;
  const double middle = std::sqrt(1.0 * counts[from] * counts[to]);
  while (from < to && counts[from] < middle) ++from;
  return from;
}

std::string bandwidth_text(double ns_per_byte) {
  if (ns_per_byte <= 0) return "no limit of bandwidth seen";
  const double mbit = 8000 / ns_per_byte;
  return mbit < 1000 ? fmt::format("{:.3g} Mbit/s", mbit)
                     : fmt::format("{:.3g} Gbit/s", mbit / 1000);
}

}  // namespace

Probes probe_plan(std::uint32_t rows, std::uint32_t columns, std::uint32_t workers) {
  const std::uint32_t budget = rows / kProbeShare;
  const auto rows_max = static_cast<std::uint32_t>(std::min<std::uint64_t>(
      kProbeBytesMax / (std::uint64_t{columns} * sizeof(std::uint32_t)), budget));
  // Below four times the small ones' size, the large ones tell little about the bandwidth.
  constexpr std::uint32_t kLarge = 2, kLargeRowsMin = 4, kSmallMin = 2;
  if (budget < kSmallMin + kLarge * kLargeRowsMin || rows_max < kLargeRowsMin) return {};
  const std::uint32_t small =
      std::min(std::max(kSmallMin, workers), budget - kLarge * kLargeRowsMin);
  return {small, 1, kLarge, std::min((budget - small) / kLarge, rows_max)};
}

std::optional<Measured> learn_from(std::span<const Probe> probes, const Workforce& workforce,
                                   std::span<const double> row_costs) {
  if (probes.empty()) return std::nullopt;
  const auto rows_of = [](const Probe& probe) { return probe.band.rows; };
  const std::uint32_t small = rows_of(std::ranges::min(probes, {}, rows_of));
  const std::uint32_t large = rows_of(std::ranges::max(probes, {}, rows_of));
  const auto columns = static_cast<std::uint32_t>(probes[0].pixels / probes[0].band.rows);
  const auto bytes = [](const Probe& probe) { return static_cast<double>(probe.bytes); };
  const double bytes_apart = least(probes, large, bytes) - least(probes, small, bytes);
  const double ns_apart = least(probes, large, wire_ns) - least(probes, small, wire_ns);

  Measured measured;
  measured.farm = {workforce.workers, std::max(1u, workforce.lanes / workforce.workers),
                   workforce.credit_max};
  Farm& farm = measured.farm;
  farm.wire_ns_per_byte = bytes_apart > 0 ? std::max(0.0, ns_apart / bytes_apart) : 0;
  farm.own_ns = kSending_ns + least(probes, small, [](const Probe& probe) {
                  return static_cast<double>(probe.master_ns);
                });
  farm.latency_ns = std::max(0.0, least(probes, small, [&](const Probe& probe) {
                               return wire_ns(probe) - bytes(probe) * farm.wire_ns_per_byte;
                             }));

  const double total = sum_of(row_costs);
  const double factor = shared_tile_factor(large, farm.lanes, columns);
  double lane_ns = 0, costs = 0, pixels = 0, sent = 0;
  for (const Probe& probe : probes) {
    if (probe.band.rows != large) continue;
    double mean_cost = row_costs.empty() ? 1 : 0;
    for (std::uint32_t k = 0; !row_costs.empty() && k < large; ++k)
      mean_cost += row_costs[probe.band.first_row + k] * static_cast<double>(row_costs.size()) /
                   total / large;
    lane_ns += static_cast<double>(probe.computed_ns + probe.encoded_ns);
    costs += static_cast<double>(probe.pixels) * mean_cost * factor;
    pixels += static_cast<double>(probe.pixels);
    sent += bytes(probe);
  }
  measured.lane_ns_per_pixel = lane_ns / std::max(costs, 1e-9);
  measured.bytes_per_pixel = sent / std::max(pixels, 1.0);
  return measured;
}

ChunkChoice choose_even_chunks(const Measured& measured, const Uncut& uncut) {
  MANDEL_ASSERT(uncut.first_row < uncut.rows);
  MANDEL_ASSERT(uncut.row_costs.empty() || uncut.row_costs.size() == uncut.rows);
  const std::vector<std::uint32_t> counts = candidates(uncut);
  // By assumption and count: the predicted time over the best of that assumption.
  std::vector<double> regrets(counts.size(), 0);
  std::vector<double> first_walls;
  for (const RowCosts& costs : assumptions(measured, uncut)) {
    std::vector<double> walls;
    for (const std::uint32_t count : counts)
      walls.push_back(predict(measured, uncut, costs, count));
    const double best = std::max(1.0, std::ranges::min(walls));
    for (std::size_t k = 0; k < counts.size(); ++k)
      regrets[k] = std::max(regrets[k], walls[k] / best);
    if (first_walls.empty()) first_walls = std::move(walls);
  }
  const std::size_t chosen = middle_of_best(counts, regrets);
  const std::uint32_t chunks = counts[chosen];
  return {
      chunks, static_cast<Nanoseconds>(first_walls[chosen]),
      fmt::format(
          "{} chunks: {:.3g} ms round trip, {}, {:.3g} ns a pixel and lane: about {:.3g} ms",
          chunks, measured.farm.latency_ns * 1e-6, bandwidth_text(measured.farm.wire_ns_per_byte),
          measured.lane_ns_per_pixel, first_walls[chosen] * 1e-6)};
}

}  // namespace mandel
