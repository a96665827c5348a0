// See estimate.h.
#include "master/auto_chunks/estimate.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <numeric>
#include <vector>

#include "common/base/error.h"
#include "common/wire/job.h"
#include "kernels/lane_pool.h"

namespace mandel {
namespace {

constexpr std::uint32_t kOpeningShare = 6;  // one row in so many is the opening's
constexpr std::uint32_t kBandsPerGroup = 3;
constexpr std::uint32_t kBandRowsMin = 4;  // fewer rows tell little about the bandwidth
constexpr std::uint64_t kOpeningBytesMax = 128u << 20;  // raw: it may wait in memory
constexpr std::uint64_t kBandBytesMax = 4u << 20;       // raw: the choice must not come too late
constexpr std::ptrdiff_t kEnough = 2;                   // probes of each size
constexpr double kSending_ns = 8'000;  // what the master spends on a task, with every check on
// What the master spends on a byte, on every link: receiving, hash, sum (`mandel-bench overhead`,
// chunks of 1 MiB). A probe is too short to show it.
constexpr double kOwn_ns_per_byte = 1;
// Workers are never as alike as the model has them: two halves of a picture don't end together.
constexpr std::uint32_t kChunksPerWorkerMin = 6;
// The search has to be quick: the opening keeps the workers busy only so long, and where they share
// the master's cores they do less meanwhile.
constexpr double kStep = 1.25;                    // between candidates
constexpr double kHopeless = 1.3;                 // times the best: more chunks are no better
constexpr std::uint64_t kSimulatedMax = 1 << 17;  // chunks: the master's loop waits for it
constexpr double kIndifferent = 0.01;             // of the time: not worth telling apart

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

double bytes_of(const Probe& probe) { return static_cast<double>(probe.bytes); }

// What the link takes for a byte, by two ways of which each errs upwards. The quickest large probe
// against the quickest small one: wrong by up to the number of workers, whose results share the
// link. And the time that all large ones' bytes were under way: wrong if one was held up.
// 0 where the probes can't tell.
double wire_ns_per_byte(std::span<const Probe> probes, std::uint32_t small, std::uint32_t large) {
  const double small_ns = least(probes, small, wire_ns);
  const double small_bytes = least(probes, small, bytes_of);
  const double bytes_apart = least(probes, large, bytes_of) - small_bytes;
  if (bytes_apart <= 0) return 0;
  const double alone = (least(probes, large, wire_ns) - small_ns) / bytes_apart;

  std::vector<std::pair<double, double>> under_way;  // from, to
  double all_bytes = 0;
  for (const Probe& probe : probes) {
    if (probe.band.rows != large) continue;
    const auto sent = static_cast<double>(probe.sent_ns);
    under_way.emplace_back(sent + static_cast<double>(probe.residence_ns) + small_ns,
                           sent + static_cast<double>(probe.round_trip_ns));
    all_bytes += bytes_of(probe) - small_bytes;
  }
  std::ranges::sort(under_way);
  double busy_ns = 0, until = under_way.front().first;
  for (const auto& [from, to] : under_way) {
    busy_ns += std::max(0.0, to - std::max(from, until));
    until = std::max(until, to);
  }
  return std::min(alone, busy_ns / all_bytes);
}

double sum_of(std::span<const double> costs) {
  return std::accumulate(costs.begin(), costs.end(), 0.0);
}

RowCosts lane_costs(const Measured& measured, const Uncut& uncut) {
  const double row_ns = measured.lane_ns_per_pixel * uncut.columns;
  const double scale = row_ns * uncut.rows / sum_of(uncut.row_costs);
  return {uncut.rows, [&](std::uint32_t row) { return uncut.row_costs[row] * scale; }};
}

double predict(const Measured& measured, const Uncut& uncut, const RowCosts& costs,
               std::uint32_t rest) {
  const Chunking chunking(uncut.rows, uncut.opening, rest);
  Cut cut{.columns = uncut.columns, .bytes_per_pixel = measured.bytes_per_pixel};
  cut.opening = uncut.opening.chunks();
  cut.share = uncut.opening.share(measured.farm.workers);
  cut.needed = 2 * kEnough;
  for (ChunkId chunk = 0; chunk < chunking.chunks(); ++chunk)
    cut.chunks.push_back(chunking.band(chunk));
  return predict_wall_ns(measured.farm, cut, costs);
}

// As many as wanted, if the wire can carry chunks of that size.
std::uint32_t fit(const Uncut& uncut, std::uint32_t wanted) {
  const std::uint64_t row_bytes = std::uint64_t{uncut.columns} * sizeof(std::uint32_t);
  const auto rows_max = static_cast<std::uint32_t>(
      std::clamp<std::uint64_t>(kChunkBytesMax / row_bytes, 1, uncut.rows));
  return Chunking::fit_rest(uncut.rows, uncut.opening, wanted, rows_max);
}

// The least number that is worth trying.
std::uint32_t fewest_chunks(const Uncut& uncut, std::uint32_t workers) {
  return fit(uncut, workers > 1 ? kChunksPerWorkerMin * workers : 1);
}

// Chunk counts in steps, and what each would take.
struct Predictions {
  std::vector<std::uint32_t> counts;
  std::vector<double> walls_ns;
};

Predictions predict_steps(const Measured& measured, const Uncut& uncut, const RowCosts& costs) {
  Predictions all;
  double best_ns = std::numeric_limits<double>::infinity();
  std::uint64_t simulated = 0;
  const std::uint32_t most = uncut.rows - uncut.opening.rows();
  for (std::uint32_t count = fewest_chunks(uncut, measured.farm.workers);
       count <= most && simulated < kSimulatedMax;
       count = std::max(count + 1, static_cast<std::uint32_t>(count * kStep))) {
    simulated += count;
    all.counts.push_back(count);
    all.walls_ns.push_back(predict(measured, uncut, costs, count));
    best_ns = std::min(best_ns, all.walls_ns.back());
    if (all.walls_ns.back() > kHopeless * best_ns) break;
  }
  return all;
}

// Many counts are often about as good. Takes the one in their middle, on a scale of ratios: it
// stays good when the probes were somewhat wrong.
std::size_t middle_of_best(std::span<const std::uint32_t> counts,
                           std::span<const double> walls_ns) {
  const auto best = static_cast<std::size_t>(std::ranges::min_element(walls_ns) - walls_ns.begin());
  const double enough = walls_ns[best] * (1 + kIndifferent);
  std::size_t from = best, to = best;
  while (from > 0 && walls_ns[from - 1] <= enough) --from;
  while (to + 1 < walls_ns.size() && walls_ns[to + 1] <= enough) ++to;
  const double middle = std::sqrt(1.0 * counts[from] * counts[to]);
  while (from < to && counts[from] < middle) ++from;
  return from;
}

// Where this many rows together cost what as many cost in the mean.
std::uint32_t rows_of_mean_cost(std::span<const double> row_costs, std::uint32_t rows) {
  const double mean = sum_of(row_costs) / static_cast<double>(row_costs.size()) * rows;
  double cost = sum_of(row_costs.first(rows));
  double nearest = std::abs(cost - mean);
  std::uint32_t best = 0;
  for (std::uint32_t first = 1; first + rows <= row_costs.size(); ++first) {
    cost += row_costs[first + rows - 1] - row_costs[first - 1];
    if (std::abs(cost - mean) < nearest) {
      nearest = std::abs(cost - mean);
      best = first;
    }
  }
  return best;
}

bool is_single(const Probe& probe) { return probe.band.rows == 1; }

std::string bandwidth_text(double ns_per_byte) {
  if (ns_per_byte <= kOwn_ns_per_byte) return "no limit of bandwidth seen";
  const double mbit = 8000 / ns_per_byte;
  return mbit < 1000 ? fmt::format("{:.3g} Mbit/s", mbit)
                     : fmt::format("{:.3g} Gbit/s", mbit / 1000);
}

}  // namespace

std::optional<Opening> opening_for(std::uint32_t rows, std::uint32_t columns, std::uint32_t workers,
                                   std::span<const double> row_costs) {
  const std::uint64_t row_bytes = std::uint64_t{columns} * sizeof(std::uint32_t);
  const auto budget = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(rows / kOpeningShare, kOpeningBytesMax / row_bytes));
  const auto rows_max =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(kBandBytesMax / row_bytes, rows));
  Opening opening;
  opening.groups = std::min<std::uint32_t>(std::max<std::uint32_t>(workers, kEnough),
                                           budget / (1 + kBandRowsMin));
  if (opening.groups < kEnough || rows_max < kBandRowsMin) return std::nullopt;
  const std::uint32_t group_rows = budget / opening.groups;
  opening.bands = std::min(kBandsPerGroup, (group_rows - 1) / kBandRowsMin);
  opening.band_rows = std::min((group_rows - 1) / opening.bands, rows_max);
  opening.first_row = rows_of_mean_cost(row_costs, opening.rows());
  return opening;
}

bool is_enough(std::span<const Probe> probes) {
  const auto singles = std::ranges::count_if(probes, is_single);
  return singles >= kEnough && std::ssize(probes) - singles >= kEnough;
}

std::optional<Measured> measured_by(std::span<const Probe> probes, const ModelFarm& workers,
                                    std::span<const double> row_costs) {
  if (probes.empty()) return std::nullopt;
  const auto rows_of = [](const Probe& probe) { return probe.band.rows; };
  const std::uint32_t small = rows_of(std::ranges::min(probes, {}, rows_of));
  const std::uint32_t large = rows_of(std::ranges::max(probes, {}, rows_of));
  const auto columns = static_cast<std::uint32_t>(probes[0].pixels / probes[0].band.rows);

  Measured measured{.farm = workers};
  ModelFarm& farm = measured.farm;
  farm.wire_ns_per_byte = std::max(kOwn_ns_per_byte, wire_ns_per_byte(probes, small, large));
  farm.own_ns = kSending_ns + least(probes, small, [](const Probe& probe) {
                  return static_cast<double>(probe.master_ns);
                });
  farm.latency_ns = std::max(0.0, least(probes, small, [&](const Probe& probe) {
                               return wire_ns(probe) - bytes_of(probe) * farm.wire_ns_per_byte;
                             }));

  const double total = sum_of(row_costs);
  const double factor = shared_tile_factor(large, farm.lanes, columns);
  double lane_ns = 0, costs = 0, pixels = 0, sent = 0;
  for (const Probe& probe : probes) {
    if (probe.band.rows != large) continue;
    double mean_cost = 0;
    for (std::uint32_t k = 0; k < large; ++k)
      mean_cost += row_costs[probe.band.first_row + k] * static_cast<double>(row_costs.size()) /
                   total / large;
    lane_ns += static_cast<double>(probe.computed_ns + probe.encoded_ns);
    costs += static_cast<double>(probe.pixels) * mean_cost * factor;
    pixels += static_cast<double>(probe.pixels);
    sent += bytes_of(probe);
  }
  measured.lane_ns_per_pixel = lane_ns / std::max(costs, 1e-9);
  measured.bytes_per_pixel = sent / std::max(pixels, 1.0);
  return measured;
}

Estimate estimate_chunks(const Measured& measured, const Uncut& uncut) {
  MANDEL_ASSERT(uncut.row_costs.size() == uncut.rows);
  const Predictions all = predict_steps(measured, uncut, lane_costs(measured, uncut));
  const std::size_t chosen = middle_of_best(all.counts, all.walls_ns);
  const std::uint32_t chunks = all.counts[chosen];
  return {chunks,
          fmt::format("{} chunks, then {}: {:.3g} ms round trip, {}, {:.3g} ns a pixel and lane: "
                      "about {:.3g} ms more",
                      uncut.opening.chunks(), chunks, measured.farm.latency_ns * 1e-6,
                      bandwidth_text(measured.farm.wire_ns_per_byte), measured.lane_ns_per_pixel,
                      all.walls_ns[chosen] * 1e-6)};
}

Estimate estimate_by_size(std::uint32_t wanted, const Uncut& uncut) {
  const std::uint32_t chunks = fit(uncut, wanted);
  return {chunks, fmt::format("{} chunks, then {}, by size", uncut.opening.chunks(), chunks)};
}

}  // namespace mandel
