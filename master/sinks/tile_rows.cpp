// See tile_rows.h.
#include "master/sinks/tile_rows.h"

#include <algorithm>
#include <utility>

#include "master/colours/linear_light.h"

namespace mandel {

TileRows::TileRows(const Pyramid& pyramid, Take take) : take_(std::move(take)) {
  for (std::uint32_t level = 0; level <= pyramid.deepest(); ++level) {
    levels_.push_back({.size = pyramid.pixels(level), .tile_rows = pyramid.tiles(level).rows});
    levels_.back().waiting.reserve(std::size_t{pyramid.waiting_max(level)} *
                                   levels_.back().size.columns);
  }
}

std::span<const Rgb> TileRows::Level::from_end(std::uint32_t rows) const {
  return std::span(waiting).last(std::size_t{rows} * size.columns);
}

void TileRows::Level::forget_before(std::uint32_t row) {
  const std::size_t kept = from_end(rows_seen - std::min(rows_seen, row)).size();
  waiting.erase(waiting.begin(), waiting.end() - static_cast<std::ptrdiff_t>(kept));
}

Result<void> TileRows::add(std::span<const Rgb> pixels) {
  const auto deepest = static_cast<std::uint32_t>(levels_.size() - 1);
  const std::uint32_t columns = levels_[deepest].size.columns;
  for (; !pixels.empty(); pixels = pixels.subspan(columns))
    if (auto added = add_row(deepest, pixels.first(columns)); !added) return added;
  return {};
}

Result<void> TileRows::add_row(std::uint32_t at, std::span<const Rgb> row) {
  Level& level = levels_[at];
  level.waiting.insert(level.waiting.end(), row.begin(), row.end());
  ++level.rows_seen;
  if (auto halved = halve(at); !halved) return halved;
  return cut(at);
}

// The last row may have no second one, nor the last column.
Result<void> TileRows::halve(std::uint32_t at) {
  const Level& level = levels_[at];
  const bool is_second = level.rows_seen % 2 == 0;
  if (at == 0 || (!is_second && level.rows_seen < level.size.rows)) return {};
  const std::uint32_t columns = level.size.columns;
  const auto rows = level.from_end(is_second ? 2 : 1);
  std::vector<Rgb> half(levels_[at - 1].size.columns);
  for (std::uint32_t k = 0; k < half.size(); ++k) {
    Light sum;
    const std::uint32_t beside = std::min(2u, columns - 2 * k);
    for (std::size_t row = 0; row < rows.size(); row += columns)
      for (const Rgb& pixel : rows.subspan(row + 2 * k, beside)) sum += light_of(pixel);
    half[k] = mean_colour(sum, beside * (is_second ? 2 : 1));
  }
  return add_row(at - 1, half);
}

// The last two rows of tiles can become whole with the same row of pixels.
Result<void> TileRows::cut(std::uint32_t at) {
  Level& level = levels_[at];
  while (level.next_tile_row < level.tile_rows) {
    const auto covered = Pyramid::covered(level.next_tile_row, level.size.rows);
    if (level.rows_seen < covered.end()) break;
    const auto waiting = level.from_end(level.rows_seen - covered.first);
    const std::size_t pixels = std::size_t{covered.count} * level.size.columns;
    auto taken = take_({at, level.next_tile_row++, waiting.first(pixels)});
    if (!taken) return taken;
    level.forget_before(Pyramid::covered(level.next_tile_row, UINT32_MAX).first);
  }
  return {};
}

}  // namespace mandel
