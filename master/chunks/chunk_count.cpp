// See chunk_count.h.
#include "master/chunks/chunk_count.h"

#include <algorithm>
#include <fmt/format.h>

#include "common/wire/job.h"

namespace mandel {
namespace {

constexpr std::uint64_t kChunkPixelsDefault = 1u << 20;
constexpr std::uint32_t kChunksDefault = 64;
constexpr std::uint32_t kChunkRowsDefault = 16;  // what the kernel's tiles want; see docs/ladder.md
constexpr std::uint32_t kChunksFew = 8;          // of a picture too low for that

}  // namespace

ChunkCount chunk_count(std::optional<std::uint32_t> asked, std::uint32_t columns,
                       std::uint32_t rows, bool is_dear) {
  const std::uint64_t pixels = std::uint64_t{columns} * rows;
  const auto by_size =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(pixels / kChunkPixelsDefault, rows));
  const std::uint32_t by_rows =
      is_dear ? rows : std::max(rows / kChunkRowsDefault, std::min(rows, kChunksFew));
  const std::uint32_t wanted = asked.value_or(std::max(std::min(kChunksDefault, by_rows), by_size));
  if (wanted > rows)
    return {rows, asked ? fmt::format("--chunks {}: there are only {} rows, so {} chunks", *asked,
                                      rows, rows)
                        : ""};
  const std::uint64_t row_bytes = std::uint64_t{columns} * sizeof(std::uint32_t);
  const auto rows_per_chunk_max =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(kChunkBytesMax / row_bytes, rows));
  const std::uint32_t fewest = (rows + rows_per_chunk_max - 1) / rows_per_chunk_max;
  if (wanted < fewest)
    return {fewest,
            fmt::format("--chunks {}: a chunk holds at most 32 MiB, so {} chunks", wanted, fewest)};
  return {wanted, ""};
}

}  // namespace mandel
