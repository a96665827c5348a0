// A picture's rows of counts made into rows of pixels. A pixel is the mean of N x N counts'
// colours, which smooths edges; for N = 1 it is the colour of its count. Apart from the sinks,
// since those that write pictures differ only in what becomes of the pixels.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "kernels/grid.h"
#include "master/colours/colour_map.h"
#include "master/colours/linear_light.h"

namespace mandel {

class Painter {
 public:
  // The axes are of counts. What is left over of a side that N does not divide is not painted.
  Painter(std::shared_ptr<const Axes> axes, ColourMap colours, std::uint32_t supersample = 1);

  std::uint32_t columns() const { return columns_; }  // of pixels, as are rows()
  std::uint32_t rows() const { return rows_; }
  std::uint32_t supersample() const { return supersample_; }

  // The colours, which have to learn their ranks before the first row, if they are by rank.
  ColourMap& colours() { return colours_; }
  const ColourMap& colours() const { return colours_; }

  // Pixel row `row`, of which `counts` holds the N rows of counts. From any thread.
  void paint(std::uint32_t row, std::span<const std::uint32_t> counts, std::span<Rgb> pixels) const;

 private:
  void colour(std::uint32_t row, std::span<const std::uint32_t> counts, std::span<Rgb> out) const;
  void add_light(std::uint32_t row, std::span<const std::uint32_t> counts,
                 std::span<Light> sums) const;

  std::shared_ptr<const Axes> axes_;
  ColourMap colours_;
  std::uint32_t supersample_;
  std::uint32_t columns_;
  std::uint32_t rows_;
};

}  // namespace mandel
