// Rows of pixels become rows of tiles, at all levels of a pyramid at once: two rows of a level make
// one of the next smaller, each of whose pixels is the mean of two by two, in linear light. A level
// keeps its rows only until its tiles are whole, so that memory is bounded by the picture's width.
// Not from the finished picture, level by level: that reads all of a disk again.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "common/base/error.h"
#include "master/colours/colour_map.h"
#include "master/sinks/pyramid.h"

namespace mandel {

class TileRows {
 public:
  struct TileRow {
    std::uint32_t level = 0;
    std::uint32_t row = 0;        // of tiles
    std::span<const Rgb> pixels;  // whole rows of the level: all that its tiles cover
  };
  using Take = std::function<Result<void>(const TileRow&)>;

  // Each row of tiles goes to `take` when it is whole.
  TileRows(const Pyramid& pyramid, Take take);

  // Any number of whole rows of the picture, following those before.
  Result<void> add(std::span<const Rgb> pixels);

 private:
  struct Level {
    Pyramid::Size size;
    std::uint32_t tile_rows;
    std::vector<Rgb> waiting = {};  // rows: the last one is the latest
    std::uint32_t rows_seen = 0;
    std::uint32_t next_tile_row = 0;

    std::span<const Rgb> from_end(std::uint32_t rows) const;
    void forget_before(std::uint32_t row);
  };

  Result<void> add_row(std::uint32_t level, std::span<const Rgb> row);
  Result<void> halve(std::uint32_t level);
  Result<void> cut(std::uint32_t level);

  std::vector<Level> levels_;
  const Take take_;
};

}  // namespace mandel
