// See pyramid.h.
#include "master/sinks/pyramid.h"

#include <algorithm>
#include <bit>

#include "common/base/error.h"

namespace mandel {
namespace {

std::uint32_t divided_up(std::uint32_t side, std::uint32_t by) { return (side - 1) / by + 1; }

}  // namespace

Pyramid::Pyramid(Size picture)
    : picture_(picture),
      deepest_(
          static_cast<std::uint32_t>(std::bit_width(std::max(picture.columns, picture.rows) - 1))) {
  MANDEL_ASSERT(picture.columns > 0 && picture.rows > 0);
}

Pyramid::Size Pyramid::pixels(std::uint32_t level) const {
  const std::uint32_t by = 1u << (deepest_ - level);
  return {divided_up(picture_.columns, by), divided_up(picture_.rows, by)};
}

Pyramid::Size Pyramid::tiles(std::uint32_t level) const {
  const Size size = pixels(level);
  return {divided_up(size.columns, kTileSide), divided_up(size.rows, kTileSide)};
}

std::uint64_t Pyramid::tiles_of_all() const {
  std::uint64_t sum = 0;
  for (std::uint32_t level = 0; level <= deepest_; ++level)
    sum += std::uint64_t{tiles(level).columns} * tiles(level).rows;
  return sum;
}

std::uint64_t Pyramid::pixels_of_all() const {
  std::uint64_t sum = 0;
  for (std::uint32_t level = 0; level <= deepest_; ++level)
    sum += std::uint64_t{pixels(level).columns} * pixels(level).rows;
  return sum;
}

Pyramid::Stretch Pyramid::covered(std::uint32_t tile, std::uint32_t side) {
  const std::uint32_t first = tile == 0 ? 0 : tile * kTileSide - kOverlap;
  return {first, std::min(side, (tile + 1) * kTileSide + kOverlap) - first};
}

std::uint32_t Pyramid::waiting_max(std::uint32_t level) const {
  return std::min(pixels(level).rows, kTileSide + 2 * kOverlap);
}

}  // namespace mandel
