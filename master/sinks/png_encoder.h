// A PNG's bytes, piece by piece, without libpng: its deflate takes ten times as long as computing
// the picture. Each band of rows is deflated by itself, so that several threads can; deflate's
// blocks may simply stand one behind the other. No row is filtered: of the five filters, and
// libpng's choice among them, none makes these pictures smaller.
//
// The format: PNG, third edition (W3C 2025); deflate: RFC 1951, 1950.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "master/colours/rendering.h"

namespace mandel {

enum class PngEffort {
  kFast,   // by ISA-L
  kSmall,  // by zlib, as small as it can: a tenth to a fifth smaller, in forty times the time
};

// How pixels become bytes: with the colours of a palette a byte each, otherwise three.
class PngPalette {
 public:
  PngPalette() = default;  // none
  // At most 256, and different.
  explicit PngPalette(std::vector<Rgb> colours);

  const std::vector<Rgb>& colours() const { return colours_; }
  std::size_t bytes_per_pixel() const { return colours_.empty() ? 3 : 1; }
  // A row's bytes, for which there is room. Each pixel has to be one of the colours.
  void write(std::span<const Rgb> row, std::uint8_t* bytes) const;

 private:
  std::vector<Rgb> colours_;
  std::vector<std::int16_t> places_;  // of colours_, by hash; -1: free
};

// What is needed of a deflated band.
struct PngPiece {
  std::string deflated;
  std::uint32_t adler = 1;  // Adler-32 of what was deflated
  std::size_t bytes = 0;    // and how many there were
};

// Of `rows` rows of pixels, which `paint` paints one by one, from 0 on. From any thread.
using PaintRow = std::function<void(std::uint32_t row, std::span<Rgb> pixels)>;
PngPiece png_piece(std::uint32_t columns, std::uint32_t rows, const PaintRow& paint,
                   const PngPalette& palette, PngEffort effort);

// What stands in the file, in this order: head(), idat() of every piece, text(), end().
class PngFile {
 public:
  static std::string head(std::uint32_t columns, std::uint32_t rows, const PngPalette& palette);
  std::string idat(const PngPiece& piece);
  // After the last piece: deflate's end.
  std::string idat_end();
  // iTXt, UTF-8. The keyword: 1 to 79 letters, digits or blanks within.
  static std::string text(std::string_view keyword, std::string_view text);
  static std::string end();

 private:
  std::uint32_t adler_ = 1;
  bool has_begun_ = false;
};

// A small picture, whole.
std::string png_of(std::span<const Rgb> pixels, std::uint32_t columns,
                   const PngPalette& palette = {}, PngEffort effort = PngEffort::kFast);

}  // namespace mandel
