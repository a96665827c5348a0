// Cuts a picture's rows into chunks as even as possible: sizes differ by one row at most, the
// larger ones first. Where the number of chunks is to be found out by measuring (chunk_choice.h), a
// few probes of two other sizes come before them. Closed forms, so that a million chunks need no
// table, and a value of a few numbers, so that it can be copied and compared.
#pragma once

#include <cstdint>

#include "common/error.h"

namespace mandel {

struct Band {
  std::uint32_t first_row = 0;
  std::uint32_t rows = 0;
  bool operator==(const Band&) const = default;
};

// Chunks that measure link and lanes: they are the picture's first rows, the small ones first.
struct Probes {
  std::uint32_t small_chunks = 0;
  std::uint32_t small_rows = 0;  // of each
  std::uint32_t large_chunks = 0;
  std::uint32_t large_rows = 0;  // of each

  std::uint32_t chunks() const { return small_chunks + large_chunks; }
  std::uint32_t rows() const { return small_chunks * small_rows + large_chunks * large_rows; }
  bool operator==(const Probes&) const = default;
};

class Chunking {
 public:
  // 1 <= chunks <= rows.
  Chunking(std::uint32_t rows, std::uint32_t chunks) : Chunking(rows, Probes{}, chunks) {}

  // The probes, then `even_chunks` over the rows that they leave:
  // 1 <= even_chunks <= rows - probes.rows(). Each probe has a row at least.
  Chunking(std::uint32_t rows, const Probes& probes, std::uint32_t even_chunks)
      : rows_(rows), probes_(probes), even_chunks_(even_chunks) {
    MANDEL_ASSERT(probes.rows() < rows);
    MANDEL_ASSERT(1 <= even_chunks && even_chunks <= rows - probes.rows());
    MANDEL_ASSERT(probes.small_chunks == 0 || probes.small_rows > 0);
    MANDEL_ASSERT(probes.large_chunks == 0 || probes.large_rows > 0);
  }

  std::uint32_t rows() const { return rows_; }
  std::uint32_t chunks() const { return probes_.chunks() + even_chunks_; }
  const Probes& probes() const { return probes_; }

  Band band(std::uint32_t chunk) const {
    MANDEL_ASSERT(chunk < chunks());
    if (chunk < probes_.small_chunks) return {chunk * probes_.small_rows, probes_.small_rows};
    if (chunk < probes_.chunks())
      return {probes_.small_chunks * probes_.small_rows +
                  (chunk - probes_.small_chunks) * probes_.large_rows,
              probes_.large_rows};
    const std::uint32_t nth = chunk - probes_.chunks();
    const std::uint32_t even = (rows_ - probes_.rows()) / even_chunks_;
    const std::uint32_t larger = (rows_ - probes_.rows()) % even_chunks_;
    const std::uint32_t before = nth < larger ? nth : larger;
    return {probes_.rows() + nth * even + before, even + (nth < larger ? 1 : 0)};
  }

  bool operator==(const Chunking&) const = default;

 private:
  std::uint32_t rows_;
  Probes probes_;
  std::uint32_t even_chunks_;
};

}  // namespace mandel
