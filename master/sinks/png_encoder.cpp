// See png_encoder.h.
#include "master/sinks/png_encoder.h"

#include <algorithm>
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <memory>
#include <new>
#include <utility>
#include <zlib.h>

#include "common/base/error.h"
#include "master/recipe/png_text.h"

namespace mandel {
namespace {

constexpr std::size_t kPlaces = 1024;  // four for each colour that there can be
constexpr std::uint8_t kRgb8 = 2;      // PNG's colour types
constexpr std::uint8_t kIndexed8 = 3;
constexpr int kIsalLevel = 2;
constexpr int kRawDeflate = -15;  // with the largest window
constexpr int kMemoryLevel = 9;

std::string big_endian(std::uint32_t number) {
  std::string bytes(4, '\0');
  for (int k = 0; k < 4; ++k) bytes[k] = static_cast<char>(number >> (24 - 8 * k));
  return bytes;
}

const std::uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

std::string chunk(std::string_view type, std::string_view data) {
  std::string bytes = big_endian(static_cast<std::uint32_t>(data.size()));
  bytes.reserve(data.size() + 12);
  bytes.append(type).append(data);
  const std::string_view summed = std::string_view(bytes).substr(4);
  return bytes += big_endian(crc32_gzip_refl(0, bytes_of(summed), summed.size()));
}

std::size_t place_of(Rgb colour) {
  const std::uint32_t all =
      colour.red | std::uint32_t{colour.green} << 8 | std::uint32_t{colour.blue} << 16;
  return all * 0x9E37'79B1u >> 22;
}

// Both deflate everything, and end at a byte's boundary, so that another block can follow.
std::string deflate_fast(std::span<const std::uint8_t> bytes) {
  const auto stream = std::make_unique<isal_zstream>();
  isal_deflate_init(stream.get());
  const auto buffer = std::make_unique<std::uint8_t[]>(ISAL_DEF_LVL2_DEFAULT);
  stream->level = kIsalLevel;
  stream->level_buf = buffer.get();
  stream->level_buf_size = ISAL_DEF_LVL2_DEFAULT;
  stream->flush = FULL_FLUSH;
  stream->next_in = const_cast<std::uint8_t*>(bytes.data());
  stream->avail_in = static_cast<std::uint32_t>(bytes.size());
  std::string out;
  do {
    const std::size_t filled = out.size();
    out.resize(filled + bytes.size() / 4 + 4096);
    stream->next_out = reinterpret_cast<std::uint8_t*>(out.data()) + filled;
    stream->avail_out = static_cast<std::uint32_t>(out.size() - filled);
    MANDEL_ASSERT(isal_deflate(stream.get()) == COMP_OK);
    out.erase(out.size() - stream->avail_out);
  } while (stream->avail_out == 0);
  return out;
}

std::string deflate_small(std::span<const std::uint8_t> bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kRawDeflate, kMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
  std::string out(deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = const_cast<std::uint8_t*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<std::uint8_t*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  MANDEL_ASSERT(deflate(&stream, Z_FULL_FLUSH) == Z_OK && stream.avail_out > 0);
  out.erase(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

PngPalette::PngPalette(std::vector<Rgb> colours)
    : colours_(std::move(colours)), places_(colours_.empty() ? 0 : kPlaces, -1) {
  MANDEL_ASSERT(colours_.size() <= 256);
  for (std::size_t k = 0; k < colours_.size(); ++k) {
    std::size_t place = place_of(colours_[k]);
    while (places_[place] >= 0) place = (place + 1) % kPlaces;
    places_[place] = static_cast<std::int16_t>(k);
  }
}

void PngPalette::write(std::span<const Rgb> row, std::uint8_t* bytes) const {
  for (const Rgb pixel : row) {
    std::size_t place = place_of(pixel);
    while (places_[place] >= 0 && colours_[static_cast<std::size_t>(places_[place])] != pixel)
      place = (place + 1) % kPlaces;
    MANDEL_ASSERT(places_[place] >= 0);
    *bytes++ = static_cast<std::uint8_t>(places_[place]);
  }
}

PngPiece png_piece(std::uint32_t columns, std::uint32_t rows, const PaintRow& paint,
                   const PngPalette& palette, PngEffort effort) {
  std::vector<Rgb> pixels(columns);
  const std::size_t row_bytes = 1 + columns * palette.bytes_per_pixel();
  const std::size_t bytes = rows * row_bytes;
  const auto all = std::make_unique_for_overwrite<std::uint8_t[]>(bytes);
  std::uint32_t adler = 1;
  for (std::uint32_t row = 0; row < rows; ++row) {
    std::uint8_t* const begin = all.get() + row * row_bytes;
    *begin = 0;  // no filter
    if (palette.colours().empty()) {
      static_assert(sizeof(Rgb) == 3 && alignof(Rgb) == 1);
      paint(row, {reinterpret_cast<Rgb*>(begin + 1), columns});
    } else {
      paint(row, pixels);
      palette.write(pixels, begin + 1);
    }
    adler = isal_adler32(adler, begin, row_bytes);  // while it is in a cache
  }
  const std::span<const std::uint8_t> piece(all.get(), bytes);
  return {effort == PngEffort::kFast ? deflate_fast(piece) : deflate_small(piece), adler, bytes};
}

std::string PngFile::head(std::uint32_t columns, std::uint32_t rows, const PngPalette& palette) {
  const bool is_indexed = !palette.colours().empty();
  std::string header = big_endian(columns) + big_endian(rows);
  header += 8;  // bits
  header += static_cast<char>(is_indexed ? kIndexed8 : kRgb8);
  header.append(3, '\0');  // deflate, the five filters, no interlace
  std::string bytes(kPngSignature);
  bytes += chunk("IHDR", header);
  if (!is_indexed) return bytes;
  std::string colours;
  for (const Rgb colour : palette.colours())
    for (const std::uint8_t byte : {colour.red, colour.green, colour.blue})
      colours += static_cast<char>(byte);
  bytes += chunk("PLTE", colours);
  return bytes;
}

std::string PngFile::idat(const PngPiece& piece) {
  constexpr std::string_view kZlibHead = "\x78\x01";
  adler_ = has_begun_ ? static_cast<std::uint32_t>(
                            adler32_combine(adler_, piece.adler, static_cast<z_off_t>(piece.bytes)))
                      : piece.adler;
  std::string data(std::exchange(has_begun_, true) ? "" : kZlibHead);
  return chunk("IDAT", data += piece.deflated);
}

std::string PngFile::idat_end() {
  constexpr std::string_view kEmptyLastBlock("\x03\x00", 2);
  std::string data(kEmptyLastBlock);
  return chunk("IDAT", data += big_endian(adler_));
}

std::string PngFile::text(std::string_view keyword, std::string_view text) {
  return chunk("iTXt", png_text_head(keyword).append(text));
}

std::string PngFile::end() { return chunk("IEND", ""); }

std::string png_of(std::span<const Rgb> pixels, std::uint32_t columns, const PngPalette& palette,
                   PngEffort effort) {
  const auto rows = static_cast<std::uint32_t>(pixels.size() / columns);
  PngFile file;
  std::string bytes = PngFile::head(columns, rows, palette);
  const auto copy = [&](std::uint32_t row, std::span<Rgb> out) {
    std::ranges::copy(pixels.subspan(std::size_t{row} * columns, columns), out.begin());
  };
  bytes += file.idat(png_piece(columns, rows, copy, palette, effort));
  return bytes + file.idat_end() + PngFile::end();
}

}  // namespace mandel
