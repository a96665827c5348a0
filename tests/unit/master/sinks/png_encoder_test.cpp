// What is written is what libpng reads.
#include "master/sinks/png_encoder.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

#include "tests/unit/master/sinks/read_png.h"

namespace mandel {
namespace {

// Runs of a few colours, and noise, which no deflate makes smaller.
std::vector<Rgb> picture(std::uint32_t columns, std::uint32_t rows, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<Rgb> pixels(std::size_t{columns} * rows);
  for (std::size_t k = 0; k < pixels.size(); ++k) {
    const auto noise = static_cast<std::uint32_t>(random());
    const std::uint32_t flat = static_cast<std::uint32_t>(k / 50) % 3 * 77;
    const std::uint32_t all = k < pixels.size() / 2 ? flat : noise;
    pixels[k] = {static_cast<std::uint8_t>(all), static_cast<std::uint8_t>(all >> 8),
                 static_cast<std::uint8_t>(all >> 16)};
  }
  return pixels;
}

class PngEncoder : public testing::TestWithParam<PngEffort> {};
INSTANTIATE_TEST_SUITE_P(Of, PngEncoder, testing::Values(PngEffort::kFast, PngEffort::kSmall),
                         [](const auto& one) {
                           return one.param == PngEffort::kFast ? "Fast" : "Small";
                         });

TEST_P(PngEncoder, WholePicturesReadBack) {
  for (const auto& [columns, rows] :
       {std::pair{1u, 1u}, {3u, 5u}, {257u, 255u}, {70'000u, 1u}, {1u, 5'000u}, {640u, 480u}}) {
    const std::vector<Rgb> pixels = picture(columns, rows, columns + rows);
    const ReadPng read = read_png(png_of(pixels, columns, {}, GetParam()));
    EXPECT_EQ(read.columns, columns);
    EXPECT_EQ(read.rows, rows);
    EXPECT_FALSE(read.has_palette);
    EXPECT_EQ(read.pixels, pixels) << columns << " x " << rows;
  }
}

TEST_P(PngEncoder, BandsReadBackAsOnePicture) {
  constexpr std::uint32_t kColumns = 321;
  const std::vector<Rgb> pixels = picture(kColumns, 100, 3);
  PngFile file;
  std::string bytes = PngFile::head(kColumns, 100, {});
  std::size_t row = 0;
  for (const std::size_t rows : {1u, 40u, 7u, 52u}) {
    const auto paint = [&](std::uint32_t k, std::span<Rgb> out) {
      std::ranges::copy(std::span(pixels).subspan((row + k) * kColumns, kColumns), out.begin());
    };
    bytes +=
        file.idat(png_piece(kColumns, static_cast<std::uint32_t>(rows), paint, {}, GetParam()));
    row += rows;
  }
  bytes += file.idat_end() + PngFile::text("Comment", "größer") + PngFile::end();
  EXPECT_EQ(read_png(bytes).pixels, pixels);
}

TEST_P(PngEncoder, APaletteTakesAByteAPixel) {
  std::vector<Rgb> colours;
  for (int k = 0; k < 256; ++k)
    colours.push_back({static_cast<std::uint8_t>(k * 5), static_cast<std::uint8_t>(k), 9});
  std::vector<Rgb> pixels;
  std::mt19937 random(4);
  for (int k = 0; k < 100'000; ++k) pixels.push_back(colours[random() % 256]);
  const std::string bytes = png_of(pixels, 1000, PngPalette(colours), GetParam());
  const ReadPng read = read_png(bytes);
  EXPECT_TRUE(read.has_palette);
  EXPECT_EQ(read.pixels, pixels);
  EXPECT_LT(bytes.size(), 110'000u);
}

TEST(PngEncoderBytes, ATinyPictureIsTheseBytes) {
  const std::vector<Rgb> pixels = {{255, 0, 0}, {0, 0, 255}};
  const std::string bytes = png_of(pixels, 2);
  EXPECT_TRUE(
      bytes.starts_with(std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\2\0\0\0\1\b\2\0\0\0"
                                    "\x7b\x40\xe8\xdd",
                                    33)))
      << "signature and header";
  EXPECT_TRUE(bytes.ends_with(std::string("\0\0\0\0IEND\xae\x42\x60\x82", 12)));
  EXPECT_EQ(read_png(bytes).pixels, pixels);
}

TEST(PngEncoderBytes, ATextIsAChunkOfUtf8) {
  const std::string text = PngFile::text("mandel", "a");
  EXPECT_EQ(text.substr(0, 20), std::string("\0\0\0\x0ciTXtmandel\0\0\0\0\0a", 20));
}

}  // namespace
}  // namespace mandel
