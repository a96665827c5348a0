// See row_costs.h.
#include "master/auto_chunks/row_costs.h"

#include <algorithm>
#include <array>
#include <span>

#include "kernels/registry.h"

namespace mandel {
namespace {

constexpr std::size_t kSide = 16;          // of a block: the kernels' tile
constexpr double kPixelCost = 8;           // in iterations: of a pixel that leaves at once
constexpr std::uint32_t kDepthMax = 5000;  // dear rows would only be dearer still
constexpr std::size_t kShare = 32;         // one pixel in so many, but one block at least

}  // namespace

std::vector<double> sample_row_costs(const Axes& axes, std::uint32_t max_iter) {
  const std::size_t rows = axes.ys.size();
  const std::size_t columns = axes.xs.size();
  const Backend* backend = fastest_backend("cpu").backend;
  if (std::min(rows, columns) < kSide || backend == nullptr) return std::vector(rows, 1.0);
  constexpr std::size_t kBlock = kSide * kSide;
  const std::size_t blocks = std::min(rows * columns / kShare, kSampledMax) / kBlock;
  const std::size_t bands = std::clamp<std::size_t>(blocks / 8, 1, rows / kSide);
  const std::size_t across = std::clamp<std::size_t>(blocks / bands, 1, columns / kSide);
  const auto kernel = backend->make();
  const std::uint32_t depth = std::min(max_iter, kDepthMax);
  std::array<std::uint32_t, kBlock> counts;
  std::vector<double> costs(rows);
  for (std::size_t band = 0; band < bands; ++band) {
    const std::size_t first_row = (2 * band + 1) * (rows - kSide) / (2 * bands);
    const auto ys = std::span(axes.ys).subspan(first_row, kSide);
    double cost = kPixelCost * static_cast<double>(across * counts.size());
    for (std::size_t k = 0; k < across; ++k) {
      const std::size_t first = (2 * k + 1) * (columns - kSide) / (2 * across);
      const KernelStats stats =
          kernel->run(std::span(axes.xs).subspan(first, kSide), ys, depth, counts, {});
      cost += static_cast<double>(stats.executed);
    }
    std::fill(costs.begin() + static_cast<std::ptrdiff_t>(band * rows / bands),
              costs.begin() + static_cast<std::ptrdiff_t>((band + 1) * rows / bands), cost);
  }
  return costs;
}

}  // namespace mandel
