// Cuts a picture's rows into chunks as even as possible: sizes differ by one row at most, the
// larger ones first. Closed forms, so that a million chunks need no table. Only a probe, which is
// made of a few bands here and there, lists them.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "common/error.h"

namespace mandel {

struct Band {
  std::uint32_t first_row = 0;
  std::uint32_t rows = 0;
  bool operator==(const Band&) const = default;
};

class Chunking {
 public:
  // 1 <= chunks <= rows.
  Chunking(std::uint32_t rows, std::uint32_t chunks) : rows_(rows), chunks_(chunks) {
    MANDEL_ASSERT(1 <= chunks && chunks <= rows);
  }
  // These bands and no others, each within the rows.
  Chunking(std::uint32_t rows, std::vector<Band> listed)
      : rows_(rows),
        chunks_(static_cast<std::uint32_t>(listed.size())),
        listed_(std::move(listed)) {
    MANDEL_ASSERT(chunks_ > 0);
  }

  std::uint32_t rows() const { return rows_; }
  std::uint32_t chunks() const { return chunks_; }

  Band band(std::uint32_t chunk) const {
    MANDEL_ASSERT(chunk < chunks_);
    if (!listed_.empty()) return listed_[chunk];
    const std::uint32_t even = rows_ / chunks_;
    const std::uint32_t larger = rows_ % chunks_;
    const std::uint32_t before = chunk < larger ? chunk : larger;
    return {chunk * even + before, even + (chunk < larger ? 1 : 0)};
  }

 private:
  std::uint32_t rows_;
  std::uint32_t chunks_;
  std::vector<Band> listed_;
};

}  // namespace mandel
