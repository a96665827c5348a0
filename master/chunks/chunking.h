// Cuts a picture's rows into chunks as even as possible: sizes differ by one row at most, the
// larger ones first. Closed forms, so that a million chunks need no table.
//
// A job may begin before it is known how many chunks suit it: with an opening, a few small chunks
// somewhere in the picture. The rest, above and below, is cut later. Chunks keep their numbers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "master/chunks/ids.h"

namespace mandel {

struct Band {
  std::uint32_t first_row = 0;
  std::uint32_t rows = 0;
  bool operator==(const Band&) const = default;
};

// Groups of chunks, one row and then some bands each, without a gap between them.
struct Opening {
  std::uint32_t first_row = 0;
  std::uint32_t groups = 0;     // 0: there is no opening
  std::uint32_t bands = 0;      // of a group
  std::uint32_t band_rows = 0;  // of each band

  std::uint32_t group_chunks() const { return 1 + bands; }
  std::uint32_t group_rows() const { return 1 + bands * band_rows; }
  std::uint32_t chunks() const { return groups * group_chunks(); }
  std::uint32_t rows() const { return groups * group_rows(); }
  // What each of so many workers may hold of it.
  std::uint32_t share(std::uint32_t workers) const {
    return group_chunks() * std::max(1u, groups / std::max(1u, workers));
  }
  std::uint32_t end_row() const { return first_row + rows(); }
  Band band(std::uint32_t chunk) const;
  std::uint32_t chunk_at(std::uint32_t row) const;  // of those within
  bool operator==(const Opening&) const = default;
};

class Chunking {
 public:
  // 1 <= chunks <= rows.
  Chunking(std::uint32_t rows, std::uint32_t chunks) : Chunking(rows, {}, chunks) {}
  // The opening, and so many chunks more; 0: nobody knows yet how many.
  Chunking(std::uint32_t rows, const Opening& opening, std::uint32_t rest);

  // Can it be cut like this, with every row in a chunk and no chunk without a row?
  static bool is_possible(std::uint32_t rows, const Opening& opening, std::uint32_t rest);
  // How many chunks to cut the rest into: `wanted`, or the nearest count with which no chunk has
  // more than `rows_max` rows. The opening must leave a rest.
  static std::uint32_t fit_rest(std::uint32_t rows, const Opening& opening, std::uint32_t wanted,
                                std::uint32_t rows_max);

  bool is_whole() const { return rest_ > 0; }
  void cut_rest(std::uint32_t chunks);

  const Opening& opening() const { return opening_; }
  std::uint32_t rows() const { return rows_; }
  std::uint32_t chunks() const { return opening_.chunks() + rest_; }  // that are cut
  std::uint32_t band_rows_max() const { return std::max(opening_.band_rows, rest_rows_max()); }
  std::uint32_t rest_rows_max() const;
  Band band(ChunkId chunk) const;
  // The chunk that has this row; none if it isn't cut yet.
  std::optional<ChunkId> chunk_at(std::uint32_t row) const;

 private:
  std::uint32_t rows_below() const { return rows_ - opening_.end_row(); }
  // Of the rest: how many are above the opening.
  std::uint32_t above() const;

  std::uint32_t rows_;
  Opening opening_;
  std::uint32_t rest_;
};

}  // namespace mandel
