// The geometry of a Deep Zoom pyramid: the picture, then the same at half its sides, rounded up,
// and so on to a single pixel, each of these levels cut into tiles. Level 0 is the pixel, the
// deepest the picture: viewers count so, since they begin with what is small.
//
// Tiles overlap by a pixel at each side where they have a neighbour. Without that OpenSeadragon
// stretches every tile by a pixel, to hide the seams at odd scales, and at 1:1 no pixel is exact
// any more. It costs 1.6 % of the disk, and two more rows that wait.
#pragma once

#include <cstdint>

namespace mandel {

class Pyramid {
 public:
  static constexpr std::uint32_t kTileSide = 256;  // without the overlap
  static constexpr std::uint32_t kOverlap = 1;

  struct Size {
    std::uint32_t columns = 0;
    std::uint32_t rows = 0;
    bool operator==(const Size&) const = default;
  };
  // Columns or rows, as they follow each other.
  struct Stretch {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    std::uint32_t end() const { return first + count; }
    bool operator==(const Stretch&) const = default;
  };

  // None of both is 0.
  explicit Pyramid(Size picture);

  std::uint32_t deepest() const { return deepest_; }
  Size pixels(std::uint32_t level) const;
  Size tiles(std::uint32_t level) const;
  std::uint64_t tiles_of_all() const;
  std::uint64_t pixels_of_all() const;

  // What a column or a row of tiles covers of a level's side, the overlap included.
  static Stretch covered(std::uint32_t tile, std::uint32_t side);
  // How many rows of pixels a level can have waiting for their tiles to be whole.
  std::uint32_t waiting_max(std::uint32_t level) const;

 private:
  Size picture_;
  std::uint32_t deepest_;
};

}  // namespace mandel
