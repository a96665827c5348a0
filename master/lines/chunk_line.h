// A chunk as a line of text, and its result as another, for programs that carry lines and know
// nothing of mandel: GNU parallel, a Slurm array, Hadoop. Each says all, so that any process
// computes any of them, in any order. JSON, not columns: coordinates may have thousands of digits,
// and fields may be added.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/error.h"
#include "common/base/fingerprint.h"
#include "common/wire/job.h"
#include "master/chunks/chunking.h"

namespace mandel {

// Of `chunks`, into which the picture is cut as a job's is.
struct ChunkLine {
  Job job;
  std::uint32_t chunks = 1;
  ChunkId chunk = 0;
  Band band = {};

  bool operator==(const ChunkLine&) const = default;
};

// Counts as they travel in a message, too.
struct CountsText {
  bool is_compressed = false;  // by codec.h; else as they lie in memory
  std::string bytes;

  bool operator==(const CountsText&) const = default;
};

struct ResultLine {
  ChunkLine chunk;
  Fingerprint print;
  double computed_ms = 0;  // of the lanes together
  std::string host;
  std::string kernel;
  std::optional<CountsText> counts;

  bool operator==(const ResultLine&) const = default;
};

// Of a chunk without its end, and of a result.
inline constexpr std::size_t kChunkLineMax = 128 * 1024;
inline constexpr std::size_t kResultLineMax = kChunkLineMax + kChunkBytesMax / 3 * 4 + 4;

// One line, without its end.
std::string text_of(const ChunkLine& chunk);
std::string text_of(const ResultLine& result);

// Of anything, also behind a key and a tab, as Hadoop hands lines on. What comes back can be
// computed, if its picture has the rows: only who has the axes knows (check_cut()). An error is
// half a sentence about the line.
Result<ChunkLine> parse_chunk(std::string_view line);
Result<ResultLine> parse_result(std::string_view line);

// Is it a chunk of a picture of this size?
Result<void> check_cut(const ChunkLine& chunk, std::size_t columns, std::size_t rows);

}  // namespace mandel
