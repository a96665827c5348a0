// Reads a PNG back by libpng, which has no line in common with what wrote it.
#pragma once

#include <gtest/gtest.h>
#include <png.h>
#include <string>
#include <vector>

#include "master/colours/rendering.h"

namespace mandel {

struct ReadPng {
  std::uint32_t columns = 0;
  std::uint32_t rows = 0;
  bool has_palette = false;
  std::vector<Rgb> pixels = {};
};

inline ReadPng read_png(const std::string& bytes) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  EXPECT_TRUE(png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()))
      << image.message;
  ReadPng read{image.width, image.height, (image.format & PNG_FORMAT_FLAG_COLORMAP) != 0};
  image.format = PNG_FORMAT_RGB;
  std::vector<std::uint8_t> values(PNG_IMAGE_SIZE(image));
  EXPECT_TRUE(png_image_finish_read(&image, nullptr, values.data(), 0, nullptr)) << image.message;
  EXPECT_EQ(image.warning_or_error, 0u) << image.message;
  for (std::size_t k = 0; k + 2 < values.size(); k += 3)
    read.pixels.push_back({values[k], values[k + 1], values[k + 2]});
  return read;
}

}  // namespace mandel
