// See chunking.h.
#include "master/chunks/chunking.h"

#include <algorithm>

#include "common/base/error.h"

namespace mandel {
namespace {

// One of so many even parts of the rows.
Band even_part(std::uint32_t rows, std::uint32_t parts, std::uint32_t part) {
  const std::uint32_t even = rows / parts;
  const std::uint32_t larger = rows % parts;
  return {part * even + std::min(part, larger), even + (part < larger ? 1 : 0)};
}

std::uint32_t even_part_at(std::uint32_t rows, std::uint32_t parts, std::uint32_t row) {
  const std::uint32_t even = rows / parts;
  const std::uint32_t larger = rows % parts;
  const std::uint32_t in_larger = larger * (even + 1);
  return row < in_larger ? row / (even + 1) : larger + (row - in_larger) / even;
}

// The largest, which is the first; 0 where there are none.
std::uint32_t even_rows_max(std::uint32_t rows, std::uint32_t parts) {
  return parts == 0 ? 0 : even_part(rows, parts, 0).rows;
}

// In proportion to the rows, and one at least where there are any.
std::uint32_t parts_above(std::uint32_t above, std::uint32_t below, std::uint32_t parts) {
  if (above == 0 || parts == 0) return 0;
  const std::uint64_t all = std::uint64_t{above} + below;
  const auto share = static_cast<std::uint32_t>((std::uint64_t{parts} * above + all / 2) / all);
  return std::clamp(share, 1u, parts - (below > 0 ? 1 : 0));
}

}  // namespace

Band Opening::band(std::uint32_t chunk) const {
  const std::uint32_t group_row = first_row + chunk / group_chunks() * group_rows();
  const std::uint32_t place = chunk % group_chunks();
  if (place == 0) return {group_row, 1};
  return {group_row + 1 + (place - 1) * band_rows, band_rows};
}

std::uint32_t Opening::chunk_at(std::uint32_t row) const {
  const std::uint32_t group = (row - first_row) / group_rows();
  const std::uint32_t within = (row - first_row) % group_rows();
  return group * group_chunks() + (within == 0 ? 0 : 1 + (within - 1) / band_rows);
}

Chunking::Chunking(std::uint32_t rows, const Opening& opening, std::uint32_t rest)
    : rows_(rows), opening_(opening), rest_(rest) {
  MANDEL_ASSERT(is_possible(rows, opening, rest));
}

bool Chunking::is_possible(std::uint32_t rows, const Opening& opening, std::uint32_t rest) {
  if (opening.groups == 0) return 1 <= rest && rest <= rows;
  const std::uint64_t group_rows = 1 + std::uint64_t{opening.bands} * opening.band_rows;
  const bool is_overlong = group_rows > rows || opening.groups > rows / group_rows ||
                           opening.first_row > rows - opening.groups * group_rows;
  if (is_overlong || opening.bands == 0 || opening.band_rows == 0) return false;
  const std::uint32_t below = rows - opening.end_row();
  const std::uint32_t left = opening.first_row + below;
  const std::uint32_t least = (opening.first_row > 0 ? 1 : 0) + (below > 0 ? 1 : 0);
  return left > 0 && (rest == 0 || (least <= rest && rest <= left));
}

std::uint32_t Chunking::fit_rest(std::uint32_t rows, const Opening& opening, std::uint32_t wanted,
                                 std::uint32_t rows_max) {
  const std::uint32_t left = rows - opening.rows();
  const std::uint32_t few = (left - 1) / rows_max + 1;
  std::uint32_t count = std::min(std::max(wanted, few), left);
  while (!is_possible(rows, opening, count) ||
         Chunking(rows, opening, count).rest_rows_max() > rows_max)
    ++count;
  return count;
}

void Chunking::cut_rest(std::uint32_t chunks) {
  MANDEL_ASSERT(!is_whole() && chunks > 0 && is_possible(rows_, opening_, chunks));
  rest_ = chunks;
}

std::uint32_t Chunking::above() const {
  return parts_above(opening_.first_row, rows_below(), rest_);
}

std::uint32_t Chunking::rest_rows_max() const {
  return std::max(even_rows_max(opening_.first_row, above()),
                  even_rows_max(rows_below(), rest_ - above()));
}

Band Chunking::band(ChunkId chunk) const {
  MANDEL_ASSERT(chunk < chunks());
  if (chunk < opening_.chunks()) return opening_.band(chunk);
  const std::uint32_t part = chunk - opening_.chunks();
  if (part < above()) return even_part(opening_.first_row, above(), part);
  const Band below = even_part(rows_below(), rest_ - above(), part - above());
  return {opening_.end_row() + below.first_row, below.rows};
}

std::optional<ChunkId> Chunking::chunk_at(std::uint32_t row) const {
  MANDEL_ASSERT(row < rows_);
  const bool is_above = row < opening_.first_row;
  if (!is_above && row < opening_.end_row()) return opening_.chunk_at(row);
  if (!is_whole()) return std::nullopt;
  if (is_above) return opening_.chunks() + even_part_at(opening_.first_row, above(), row);
  return opening_.chunks() + above() +
         even_part_at(rows_below(), rest_ - above(), row - opening_.end_row());
}

}  // namespace mandel
