// The picture as the live page shows it: at most 1,024 pixels a side, whatever its size, and of
// each row what is becoming of it. A pixel is one of the picture's, not a mean of several: counts
// have no mean. So memory is bounded, and what is shown can be held against the PNG.
//
// Pure: no clock; points in time are since the job began.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "common/base/clock.h"
#include "master/chunks/chunking.h"
#include "master/chunks/ids.h"
#include "master/stats/timing.h"

namespace mandel {

// A row of the display, which is a row of the picture, and so of one chunk.
struct DisplayRow {
  enum class State : std::uint8_t { kOpen, kInWork, kDone, kCameBack, kKept, kRevoked };
  State state = State::kOpen;
  std::uint16_t attempts = 0;
  WorkerId worker = kNobody;  // that has it, or made it, or had it last
  ChunkId chunk = 0;
  Band band = {};  // of the chunk
  Nanoseconds started = -1;
  Nanoseconds done = -1;
  Nanoseconds computed_ns = 0;
  Nanoseconds wire_ns = 0;
  std::uint64_t iterations = 0;
  std::uint64_t version = 0;  // of the state that it was told in first
  std::shared_ptr<const std::vector<std::uint32_t>> counts = {};  // null: not known
};

class Display {
 public:
  static constexpr std::uint32_t kSideMax = 1024;

  Display() = default;
  Display(std::uint32_t columns, std::uint32_t rows);

  std::uint32_t columns() const { return static_cast<std::uint32_t>(columns_.size()); }
  std::uint32_t rows() const { return static_cast<std::uint32_t>(rows_.size()); }
  // Which column or row of the picture this one is: floor(k * picture's / display's).
  std::uint32_t column_of_picture(std::uint32_t k) const { return columns_[k]; }
  std::uint32_t row_of_picture(std::uint32_t k) const;

  void sent(ChunkId chunk, const Band& band, WorkerId worker, std::uint32_t attempt,
            Nanoseconds at);
  void came(const ChunkTimes& times);
  // Nobody has it any more, and nobody did it.
  void came_back(const Band& band);
  void kept(const Band& band);
  // `counts` are of the whole band, row by row.
  void accepted(ChunkId chunk, const Band& band, WorkerId worker,
                std::span<const std::uint32_t> counts, Nanoseconds at);
  void revoked(const Band& band);
  // An earlier run did it. `read_row` gets a row of the picture into its counts; false: it can't.
  using ReadRow = std::function<bool(std::uint32_t row, std::span<std::uint32_t> counts)>;
  void done_before(ChunkId chunk, const Band& band, const ReadRow& read_row);

  // As it is, changes marked with this version.
  std::vector<DisplayRow> show(std::uint64_t version);

 private:
  std::span<DisplayRow> rows_in(const Band& band);
  void complete(DisplayRow& row, ChunkId chunk, const Band& band, WorkerId worker,
                std::span<const std::uint32_t> line, Nanoseconds at);
  std::uint32_t row_of_picture(const DisplayRow& row) const {
    return row_of_picture(static_cast<std::uint32_t>(&row - rows_.data()));
  }

  std::uint32_t picture_rows_ = 0;
  std::uint32_t picture_columns_ = 0;
  std::vector<std::uint32_t> columns_;  // of the picture
  std::vector<DisplayRow> rows_;
};

}  // namespace mandel
