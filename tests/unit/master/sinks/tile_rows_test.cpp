// Rows that go through a pyramid, compared with a pyramid that is made of the whole picture.
#include "master/sinks/tile_rows.h"

#include <cmath>
#include <gtest/gtest.h>
#include <map>
#include <random>

namespace mandel {
namespace {

using Size = Pyramid::Size;

// In the plainest way: sRGB by its formula, in doubles.
double exact_light(std::uint8_t value) {
  const double v = value / 255.0;
  return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
}
std::uint8_t exact_value(double light) {
  const double v = light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
  return static_cast<std::uint8_t>(std::lround(255 * v));
}

struct Picture {
  Size size;
  std::vector<Rgb> pixels;
  const Rgb& at(std::uint32_t column, std::uint32_t row) const {
    return pixels[std::size_t{row} * size.columns + column];
  }
};

Picture noise_picture(Size size) {
  Picture picture{size, {}};
  std::mt19937 random(size.columns);
  for (std::size_t k = 0; k < std::size_t{size.columns} * size.rows; ++k) {
    const auto bits = random();
    picture.pixels.push_back({static_cast<std::uint8_t>(bits), static_cast<std::uint8_t>(bits >> 8),
                              static_cast<std::uint8_t>(bits >> 16)});
  }
  return picture;
}

Picture half(const Picture& picture) {
  Picture half{{(picture.size.columns + 1) / 2, (picture.size.rows + 1) / 2}, {}};
  for (std::uint32_t row = 0; row < half.size.rows; ++row)
    for (std::uint32_t column = 0; column < half.size.columns; ++column) {
      double sums[3] = {};
      int added = 0;
      for (std::uint32_t y = 2 * row; y < std::min(2 * row + 2, picture.size.rows); ++y)
        for (std::uint32_t x = 2 * column; x < std::min(2 * column + 2, picture.size.columns);
             ++x) {
          const Rgb& rgb = picture.at(x, y);
          sums[0] += exact_light(rgb.red);
          sums[1] += exact_light(rgb.green);
          sums[2] += exact_light(rgb.blue);
          ++added;
        }
      half.pixels.push_back({exact_value(sums[0] / added), exact_value(sums[1] / added),
                             exact_value(sums[2] / added)});
    }
  return half;
}

int distance(const Rgb& a, const Rgb& b) {
  return std::max(
      {std::abs(a.red - b.red), std::abs(a.green - b.green), std::abs(a.blue - b.blue)});
}

using Taken = std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<Rgb>>;

// By level and row of tiles; the picture in bands of so many rows.
Taken through(const Picture& picture, std::uint32_t band) {
  Taken taken;
  TileRows rows(Pyramid(picture.size), [&](const TileRows::TileRow& row) -> Result<void> {
    EXPECT_TRUE(taken
                    .emplace(std::pair(row.level, row.row),
                             std::vector(row.pixels.begin(), row.pixels.end()))
                    .second);
    return {};
  });
  for (std::span<const Rgb> rest = picture.pixels; !rest.empty();) {
    const auto some = rest.first(std::min(rest.size(), std::size_t{band} * picture.size.columns));
    EXPECT_TRUE(rows.add(some));
    rest = rest.subspan(some.size());
  }
  return taken;
}

TEST(TileRows, EveryLevelIsThePictureAtHalfTheSidesOfTheNext) {
  for (const Size size : {Size{1, 1}, Size{3, 5}, Size{256, 256}, Size{300, 257}, Size{513, 514},
                          Size{1, 700}, Size{700, 1}, Size{40, 1281}}) {
    Picture level = noise_picture(size);
    const Pyramid pyramid(size);
    const Taken taken = through(level, 7);
    std::size_t expected = 0;
    for (std::uint32_t k = pyramid.deepest();; --k) {
      ASSERT_EQ(level.size, pyramid.pixels(k));
      Picture made = level;
      for (std::uint32_t row = 0; row < pyramid.tiles(k).rows; ++row, ++expected) {
        const auto covered = Pyramid::covered(row, level.size.rows);
        const auto& pixels = taken.at({k, row});
        ASSERT_EQ(pixels.size(), std::size_t{covered.count} * level.size.columns);
        std::ranges::copy(pixels,
                          made.pixels.begin() + std::ptrdiff_t{covered.first} * level.size.columns);
        for (std::uint32_t y = 0; y < covered.count; ++y)
          for (std::uint32_t x = 0; x < level.size.columns; ++x)
            ASSERT_LE(distance(pixels[std::size_t{y} * level.size.columns + x],
                               level.at(x, covered.first + y)),
                      k == pyramid.deepest() ? 0 : 1)
                << size.columns << "x" << size.rows << ", level " << k;
      }
      if (k == 0) break;
      level = half(made);
    }
    EXPECT_EQ(taken.size(), expected);
  }
}

TEST(TileRows, HowRowsComeIsAllTheSame) {
  const Picture picture = noise_picture({300, 600});
  EXPECT_EQ(through(picture, 1), through(picture, 600));
}

TEST(TileRows, ARowOfTilesGoesAsSoonAsItIsWhole) {
  std::vector<std::uint32_t> levels;
  TileRows rows(Pyramid({10, 1000}), [&](const TileRows::TileRow& row) -> Result<void> {
    levels.push_back(row.level);
    return {};
  });
  const std::vector<Rgb> row(10);
  for (int k = 0; k < 256; ++k) ASSERT_TRUE(rows.add(row));
  EXPECT_TRUE(levels.empty()) << "the overlap is missing";
  ASSERT_TRUE(rows.add(row));
  EXPECT_EQ(levels, std::vector{10u});
  for (int k = 257; k < 514; ++k) ASSERT_TRUE(rows.add(row));
  EXPECT_EQ(levels, (std::vector{10u, 10u, 9u}));
}

TEST(TileRows, AFailureEndsIt) {
  TileRows rows(Pyramid({1, 1}),
                [](const TileRows::TileRow&) -> Result<void> { return fail("full"); });
  EXPECT_EQ(rows.add(std::vector<Rgb>(1)).error().what, "full");
}

}  // namespace
}  // namespace mandel
