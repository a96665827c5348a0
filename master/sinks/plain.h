// Counts as they lie in memory, row-major little-endian uint32, with a header before them or not.
// Such a file can be written in any order, so that one of them can hold the counts while the job
// runs; see master/results/store.h.
#pragma once

#include <optional>
#include <string>

#include "master/sinks/sink.h"

namespace mandel {

enum class PlainFormat {
  kNpy,  // NumPy's .npy, version 1.0: an array of shape (rows, columns)
  kRaw,  // nothing but the counts
};

// By the path's extension, .npy or .raw.
std::optional<PlainFormat> plain_format_of(const std::string& path);

// What stands before the counts.
std::string plain_header(PlainFormat format, const PictureSize& size);

Result<std::unique_ptr<Sink>> plain_sink(const std::string& path, PlainFormat format,
                                         const PictureSize& size);

}  // namespace mandel
