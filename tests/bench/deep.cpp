// See deep.h.
#include "tests/bench/deep.h"

#include <algorithm>
#include <fmt/format.h>
#include <limits>

#include "common/base/clock.h"
#include "kernels/deep/exact.h"
#include "kernels/deep/ladder.h"
#include "kernels/deep/oracle.h"
#include "tests/golden/deep_jobs.h"

namespace mandel {
namespace {

// Each place once.
std::vector<DeepGolden> places() {
  std::vector<DeepGolden> all;
  for (const char* path : {MANDEL_DEEP_CSV, MANDEL_DEEP_FAR_CSV})
    for (DeepGolden& row : read_deep_golden(path)) {
      row.name.erase(row.name.rfind('-'));
      const auto has_name = [&](const DeepGolden& other) { return other.name == row.name; };
      if (std::ranges::none_of(all, has_name)) all.push_back(row);
    }
  return all;
}

// Preparation is told in wall time, which is not this thread's: runs with more of it don't count.
constexpr std::uint64_t kPreparationNsMax = 1'000'000;

// The best CPU time of a pixel, in microseconds.
double ladder_us(const DeepGolden& row, const DeepOptions& options, bool has_vectors,
                 std::vector<std::uint32_t>& counts, KernelStats& stats) {
  const auto engine =
      make_ladder(row.view(options.side), row.max_iter, {.has_vectors = has_vectors});
  double best = std::numeric_limits<double>::infinity();
  stats = engine->run(0, options.side, counts, {});
  for (unsigned k = 0; k < options.repeats;) {
    const Nanoseconds began = process_cpu_now();
    const KernelStats run = engine->run(0, options.side, counts, {});
    const auto ns = static_cast<double>(process_cpu_now() - began);
    if (run.preparation_ns > kPreparationNsMax) continue;
    best = std::min(best, ns / 1e3 / static_cast<double>(counts.size()));
    ++k;
  }
  return best;
}

DeepFigures measure(const DeepGolden& row, const DeepOptions& options) {
  std::vector<std::uint32_t> counts(std::size_t{options.side} * options.side);
  KernelStats stats;
  DeepFigures figures;
  figures.place = row.name;
  figures.one_by_one_us = ladder_us(row, options, false, counts, stats);
  figures.ladder_us = ladder_us(row, options, true, counts, stats);
  figures.preparation_s = static_cast<double>(stats.preparation_ns) / 1e9;
  const auto pixels = static_cast<double>(counts.size());
  figures.left_by_doubles = static_cast<double>(stats.undecided_first) / pixels;
  figures.left_by_pairs = static_cast<double>(stats.undecided_second) / pixels;
  const ExactGrid grid(row.view(options.side));
  const Nanoseconds began = process_cpu_now();
  for (std::uint32_t k = 0; k < options.oracle_pixels; ++k) {
    const std::size_t cell = (2 * k + 1) * counts.size() / (2 * options.oracle_pixels);
    const auto column = static_cast<std::uint32_t>(cell % options.side);
    const auto at_row = static_cast<std::uint32_t>(cell / options.side);
    const OracleCount pixel = true_count(grid, column, at_row, row.max_iter, {});
    figures.is_right &= pixel.count == counts[cell];
  }
  figures.oracle_us = static_cast<double>(process_cpu_now() - began) / 1e3 /
                      static_cast<double>(options.oracle_pixels);
  if (options.has_loops)
    figures.loops = measure_deep_loops(row.view(options.side), row.max_iter, options.repeats);
  return figures;
}

std::string loops_table(const std::vector<DeepFigures>& figures) {
  std::string table = fmt::format(
      "\nIn doubles, without jumps and bound; / vectors; x the bound's price; and what jumps of\n"
      "2^-53 without a bound cost; the whole ladder / that.\n"
      "{:<10} {:>10} {:>9} {:>8} {:>10} {:>9}\n",
      "place", "one by one", "/ vectors", "x bound", "unproved", "ladder /");
  for (const DeepFigures& row : figures)
    if (const auto& loops = row.loops)
      table += fmt::format("{:<10} {:>10.1f} {:>9.2f} {:>8.2f} {:>10.2f} {:>9.2f}\n", row.place,
                           loops->bare_one_us, loops->bare_one_us / loops->bare_us,
                           loops->bounded_us / loops->bare_us, loops->unproved_us,
                           row.ladder_us / loops->unproved_us);
  return table;
}

}  // namespace

std::vector<std::string> deep_places() {
  std::vector<std::string> names;
  for (const DeepGolden& row : places()) names.push_back(row.name);
  return names;
}

std::vector<DeepFigures> measure_deep(const DeepOptions& options) {
  std::vector<DeepFigures> all;
  for (const DeepGolden& row : places())
    if (options.places.empty() || std::ranges::count(options.places, row.name) != 0)
      all.push_back(measure(row, options));
  return all;
}

std::string deep_table(const std::vector<DeepFigures>& figures, const DeepOptions& options) {
  std::string table = fmt::format(
      "{0} x {0} pixels, one thread, best of {1}; us of CPU time a pixel. The oracle: {2} of "
      "them.\n"
      "{3:<10} {4:>8} {5:>9} {6:>11} {7:>8} {8:>12} {9:>10} {10:>9} {11:>8}\n",
      options.side, options.repeats, options.oracle_pixels, "place", "ladder", "x vectors",
      "oracle", "x oracle", "preparation", "undecided", "by pairs", "counts");
  for (const DeepFigures& row : figures)
    table += fmt::format(
        "{:<10} {:>8.2f} {:>9.2f} {:>11.0f} {:>8.0f} {:>10.3f} s {:>9.2f}% "
        "{:>8.3f}% {:>8}\n",
        row.place, row.ladder_us, row.one_by_one_us / row.ladder_us, row.oracle_us,
        row.oracle_us / row.ladder_us, row.preparation_s, 100 * row.left_by_doubles,
        100 * row.left_by_pairs, row.is_right ? "the same" : "WRONG");
  return options.has_loops ? table + loops_table(figures) : table;
}

}  // namespace mandel
