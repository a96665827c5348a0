// Pixels of counts, against the plainest way to say what they are.
#include "master/colours/painter.h"

#include <cmath>
#include <gtest/gtest.h>
#include <numeric>

#include "master/colours/linear_light.h"

namespace mandel {
namespace {

ColourMap colours(const char* name = "ultra") { return *ColourMap::make({.map = name}); }

std::shared_ptr<const Axes> axes(std::vector<double> xs, std::vector<double> ys) {
  return std::make_shared<const Axes>(Axes{std::move(xs), std::move(ys)});
}

std::vector<Rgb> painted(const Painter& painter, const std::vector<std::uint32_t>& counts) {
  std::vector<Rgb> pixels(painter.columns() * painter.rows());
  const std::size_t of_row = counts.size() / painter.rows();
  for (std::uint32_t row = 0; row < painter.rows(); ++row)
    painter.paint(row, std::span(counts).subspan(row * of_row, of_row),
                  std::span(pixels).subspan(row * painter.columns(), painter.columns()));
  return pixels;
}

TEST(Painter, APixelHasItsCountsColour) {
  const ColourMap map = colours();
  const Painter painter(axes({-1, 0, 1}, {1, 0}), map);
  EXPECT_EQ(painted(painter, {0, 1, 2, 3, 4'999, 5'000}),
            (std::vector<Rgb>{Rgb{}, map(1), map(2), map(3), map(4'999), map(5'000)}));
}

TEST(Painter, ZerosBeyondTwoAreOutside) {
  const ColourMap map = colours();
  const auto grid = axes({-3, -2, -1, 0, 1, 2, 3}, {2.5, 1, 0});
  const Painter painter(grid, map);
  const std::vector<std::uint32_t> counts(21, 0);
  const std::vector<Rgb> pixels = painted(painter, counts);
  for (std::size_t row = 0; row < 3; ++row)
    for (std::size_t column = 0; column < 7; ++column)
      EXPECT_EQ(pixels[7 * row + column], map.at(0, grid->xs[column], grid->ys[row]));
  EXPECT_NE(pixels[0], Rgb{});
  EXPECT_EQ(pixels[7 * 2 + 1], Rgb{}) << "-2 itself is of the set";
}

TEST(Painter, AveragesLightAndNotBytes) {
  const ColourMap map = colours("grey");
  const Painter painter(axes({-1, 0, 1, 1.5}, {1, 0, -1, -1.5}), map, 2);
  ASSERT_EQ(painter.columns(), 2u);
  ASSERT_EQ(painter.rows(), 2u);
  std::vector<std::uint32_t> counts(16);
  std::iota(counts.begin(), counts.end(), 0u);
  const std::vector<Rgb> pixels = painted(painter, counts);
  const auto light = [&](std::uint32_t count) {
    const double value = map(count).red / 255.0;
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
  };
  const double mean = (light(10) + light(11) + light(14) + light(15)) / 4;
  const double byte = 255 * (1.055 * std::pow(mean, 1 / 2.4) - 0.055);
  EXPECT_NEAR(pixels[3].red, byte, 0.51);
  const double of_bytes = (map(10).red + map(11).red + map(14).red + map(15).red) / 4.0;
  EXPECT_GT(byte - of_bytes, 1) << "the two means must differ for this test";
}

TEST(Painter, LeavesOutWhatIsLeftOver) {
  const Painter painter(axes({0, 1, 2, 3, 4, 5, 6}, {0, 1, 2, 3}), colours(), 3);
  EXPECT_EQ(painter.columns(), 2u);
  EXPECT_EQ(painter.rows(), 1u);
  const std::vector<std::uint32_t> counts(21, 7);
  std::vector<Rgb> pixels(2);
  painter.paint(0, counts, pixels);
  EXPECT_EQ(pixels, (std::vector<Rgb>(2, colours()(7))));
}

TEST(LinearLight, TheMeanOfOneColourIsThatColour) {
  for (int level = 0; level < 256; ++level) {
    const auto byte = static_cast<std::uint8_t>(level);
    const Rgb colour{byte, static_cast<std::uint8_t>(255 - byte), 7};
    Light sum;
    for (int k = 0; k < 64; ++k) sum += light_of(colour);
    EXPECT_EQ(mean_colour(sum, 64), colour) << level;
  }
}

TEST(LinearLight, HalfOfBlackAndWhiteIs188) {
  Light sum = light_of({0, 0, 0});
  sum += light_of({255, 255, 255});
  EXPECT_EQ(mean_colour(sum, 2), (Rgb{188, 188, 188}));
}

}  // namespace
}  // namespace mandel
