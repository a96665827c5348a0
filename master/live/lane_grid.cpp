// See lane_grid.h.
#include "master/live/lane_grid.h"

#include <algorithm>
#include <cmath>

namespace mandel {

void LaneGrid::add(std::uint32_t row, std::size_t part, Nanoseconds from, Nanoseconds to,
                   double weight) {
  if (to <= from) return;
  make_room(to);
  from = std::max(from, static_cast<Nanoseconds>(first_) * column_ns_);
  while (from < to) {
    const std::uint64_t number = column_at(from);
    const Nanoseconds until = std::min(to, static_cast<Nanoseconds>(number + 1) * column_ns_);
    Column& column = columns_[number - first_];
    if (column.cells.size() <= row) column.cells.resize(row + 1);
    column.cells[row][part] += static_cast<float>(weight * static_cast<double>(until - from));
    column.shown.reset();
    from = until;
  }
}

// Columns up to this point, however far it is: wider ones if there would be too many, or fewer of
// what is past.
void LaneGrid::make_room(Nanoseconds to) {
  const std::size_t most = std::clamp<std::size_t>(kCellsMax / std::max(1u, rows_), 1, kColumnsMax);
  const auto is_too_many = [&] {
    const std::uint64_t end = column_at(to - 1) + 1;
    if (span_ == 0) return std::max<std::uint64_t>(end, first_ + columns_.size()) > most;
    return static_cast<std::uint64_t>(span_ / column_ns_) + 1 > most;
  };
  while (is_too_many()) merge_pairs();
  const std::uint64_t end = column_at(to - 1) + 1;
  const auto kept = static_cast<std::uint64_t>(span_ / column_ns_) + 1;
  if (span_ != 0 && end > first_ + kept) {
    const std::uint64_t past = std::min<std::uint64_t>(end - kept - first_, columns_.size());
    columns_.erase(columns_.begin(), columns_.begin() + static_cast<std::ptrdiff_t>(past));
    first_ = end - kept;
  }
  if (end > first_ + columns_.size()) columns_.resize(end - first_);
}

void LaneGrid::merge_pairs() {
  std::deque<Column> merged;
  const std::uint64_t first = first_ / 2;
  for (std::size_t k = 0; k < columns_.size(); ++k) {
    const std::size_t into = (first_ + k) / 2 - first;
    if (merged.size() <= into) merged.resize(into + 1);
    std::vector<Cell>& cells = merged[into].cells;
    if (cells.size() < columns_[k].cells.size()) cells.resize(columns_[k].cells.size());
    for (std::size_t row = 0; row < columns_[k].cells.size(); ++row)
      for (std::size_t part = 0; part < kTimeParts.size(); ++part)
        cells[row][part] += columns_[k].cells[row][part];
  }
  columns_ = std::move(merged);
  first_ = first;
  column_ns_ *= 2;
  is_reshaped_ = true;
}

std::shared_ptr<const LaneColumns::Column> LaneGrid::drawn(const Column& column,
                                                           std::uint64_t version) const {
  auto drawn = std::make_shared<LaneColumns::Column>();
  drawn->version = version;
  drawn->shares.resize(rows_ * kTimeParts.size());
  auto share = drawn->shares.begin();
  for (const Cell& cell : column.cells)
    for (const float ns : cell)
      *share++ = static_cast<std::uint8_t>(
          std::lround(std::min(1.0, ns / static_cast<double>(column_ns_)) * 255));
  return drawn;
}

LaneColumns LaneGrid::show(std::uint64_t version) {
  if (rows_ != rows_shown_ || is_reshaped_) {
    for (Column& column : columns_) column.shown.reset();
    reshaped_ = version;
  }
  rows_shown_ = rows_;
  is_reshaped_ = false;
  LaneColumns shown{.column_ns = column_ns_,
                    .reshaped = reshaped_,
                    .first = static_cast<std::uint32_t>(first_),
                    .rows = rows_,
                    .columns = {}};
  shown.columns.reserve(columns_.size());
  for (Column& column : columns_) {
    if (!column.shown) column.shown = drawn(column, version);
    shown.columns.push_back(column.shown);
  }
  return shown;
}

}  // namespace mandel
