// Where a picture's counts go. Every sink takes rows in order, top to bottom, and keeps none of
// them, so that the picture may be larger than memory. The assembly puts chunks in order.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "common/base/error.h"
#include "kernels/grid.h"
#include "master/chunks/picture_size.h"
#include "master/colours/colour_map.h"
#include "master/sinks/png_encoder.h"

namespace mandel {

class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;

  // Does it have to see the whole picture before its first row? Then it gets all rows by look(), in
  // order, and after that by rows().
  virtual bool looks_first() const { return false; }
  virtual void look(std::span<const std::uint32_t> /*counts*/) {}

  // Any number of whole rows, following those before. `counts` holds rows * columns values.
  virtual Result<void> rows(std::span<const std::uint32_t> counts) = 0;
  // All rows are there: makes the result visible under its name. Without this call a sink leaves
  // nothing behind, and an older file of that name untouched.
  virtual Result<void> finish() = 0;
  // Instead of finish(). If the job may be gone on with, by a sink that gets all rows again, what
  // saves that one work may stay.
  virtual void stop(bool /*may_go_on*/) {}
};

// Binary PGM: 8 bits a pixel if max_iter <= 256, else 16, larger counts cut to 65535.
Result<std::unique_ptr<Sink>> pgm_sink(const std::string& path, const PictureSize& size);

// How a picture is made of the counts. Points of the set have the count 0, and so have points that
// start beyond 2: the axes, of counts, tell them apart.
struct Style {
  std::shared_ptr<const Axes> axes;
  ColourMap colours;
  std::uint32_t supersample = 1;
  PngEffort effort = PngEffort::kFast;
  std::function<std::string()> recipe =
      {};  // what it says of itself; asked when all rows are there
};
// `rendering` must be one that ColourMap::make() takes.
Style style_of(const Rendering& rendering, std::shared_ptr<const Axes> axes,
               std::function<std::string()> recipe = {});

// 8-bit PNG, with a palette where that has all colours; one by rank looks first. `size` is of
// counts. Has up to picture_threads() threads of its own.
Result<std::unique_ptr<Sink>> png_sink(const std::string& path, const PictureSize& size,
                                       const Style& style);
unsigned picture_threads();

// A path's extension, the dot included, in lower case.
std::string extension_of(const std::string& path);

// Can a file of this name be written: does it end with .png, .npy, .raw, .pgm or .dzi, in any
// case?
Result<void> check_extension(const std::string& path);

// Is it for people to look at, in colours?
bool is_picture(const std::string& path);

// One of the above, of plain.h or of deep_zoom.h, by the path's extension.
Result<std::unique_ptr<Sink>> file_sink(const std::string& path, const PictureSize& size,
                                        const Style& style);

// Of a picture's counts, as row-major little-endian uint32.
struct CountsDigest {
  std::uint64_t sum = 0;
  std::string sha256;  // 64 hex digits
};

// No file, but `*digest`, which is there after finish(): sinks after this one can say it. With an
// `expected` SHA-256, finish() fails if it is another.
std::unique_ptr<Sink> digest_sink(std::shared_ptr<CountsDigest> digest, std::string expected = {});

// A text that is asked for when all rows are there.
Result<std::unique_ptr<Sink>> text_sink(const std::string& path, std::function<std::string()> text);

}  // namespace mandel
