// Where each lane's time went, over time, for a drawing: the job's time line cut into columns, and
// in each column how much of it every lane spent on what. Not one slice after another, as --trace
// writes them: a job has millions, and where a thousand fall on one pixel, drawing the last of them
// would be a lie. A grid has a bound: as time goes on, two columns become one.
//
// Pure: no clock; points in time are since the job began.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "common/base/clock.h"
#include "master/stats/time_parts.h"

namespace mandel {

// What is shown of a grid. It shares its columns with the grid, and does not change any more.
struct LaneColumns {
  struct Column {
    std::uint64_t version = 0;  // of the state that it was told in first
    // Of each row, the parts in the order of kTimeParts, in 1/255 of the column. What they don't
    // add up to is not known yet.
    std::vector<std::uint8_t> shares;
  };
  Nanoseconds column_ns = 0;
  std::uint64_t reshaped = 0;  // the version since which columns are that wide, and rows that many
  std::uint32_t first = 0;     // number of the first column: those before are gone
  std::uint32_t rows = 0;
  std::vector<std::shared_ptr<const Column>> columns;
};

class LaneGrid {
 public:
  static constexpr std::size_t kCellsMax = 10'000;  // of rows x columns
  static constexpr std::size_t kColumnsMax = 600;

  // Of the whole job; or with `span`, of so long before the newest point. Columns begin that wide.
  explicit LaneGrid(Nanoseconds column_ns, Nanoseconds span = 0)
      : column_ns_(column_ns), span_(span) {}

  // One more lane, or several that share a row. Rows are numbered from 0.
  void add_row() { ++rows_; }
  std::uint32_t rows() const { return rows_; }
  // `weight` of the row's time from one point to another went into this part of kTimeParts.
  void add(std::uint32_t row, std::size_t part, Nanoseconds from, Nanoseconds to, double weight);

  // As it is, changes marked with this version. They rise from call to call.
  LaneColumns show(std::uint64_t version);

 private:
  using Cell = std::array<float, kTimeParts.size()>;  // nanoseconds
  struct Column {
    std::vector<Cell> cells;  // by row; those behind its end are empty
    std::shared_ptr<const LaneColumns::Column> shown = {};  // null: it has changed since
  };

  void make_room(Nanoseconds to);
  void merge_pairs();
  std::shared_ptr<const LaneColumns::Column> drawn(const Column& column,
                                                   std::uint64_t version) const;
  std::uint64_t column_at(Nanoseconds point) const {
    return static_cast<std::uint64_t>(point / column_ns_);
  }

  Nanoseconds column_ns_;
  Nanoseconds span_;
  std::uint32_t rows_ = 0;
  std::uint32_t rows_shown_ = 0;
  std::uint64_t first_ = 0;
  std::deque<Column> columns_;
  bool is_reshaped_ = true;
  std::uint64_t reshaped_ = 0;
};

}  // namespace mandel
