// See display.h.
#include "master/live/display.h"

#include <algorithm>
#include <cmath>

namespace mandel {
namespace {

constexpr std::uint64_t kChanged = 0;  // a version that no state has

// With the picture's proportions, as far as a pixel allows.
std::uint32_t side(std::uint32_t length, std::uint32_t longer) {
  if (longer <= Display::kSideMax) return length;
  const double scaled = std::round(double{Display::kSideMax} * length / longer);
  return std::max(1u, static_cast<std::uint32_t>(scaled));
}

std::uint32_t at_least(std::uint64_t row, std::uint64_t display, std::uint64_t picture) {
  return static_cast<std::uint32_t>((row * display + picture - 1) / picture);
}

}  // namespace

Display::Display(std::uint32_t columns, std::uint32_t rows)
    : picture_rows_(rows), picture_columns_(columns), rows_(side(rows, std::max(columns, rows))) {
  columns_.resize(side(columns, std::max(columns, rows)));
  for (std::size_t k = 0; k < columns_.size(); ++k)
    columns_[k] = static_cast<std::uint32_t>(std::uint64_t{k} * columns / columns_.size());
}

std::uint32_t Display::row_of_picture(std::uint32_t k) const {
  return static_cast<std::uint32_t>(std::uint64_t{k} * picture_rows_ / rows_.size());
}

// Those k with  first <= floor(k * picture / display) < end.
std::span<DisplayRow> Display::rows_in(const Band& band) {
  const std::uint32_t first = at_least(band.first_row, rows_.size(), picture_rows_);
  const std::uint32_t end = at_least(band.first_row + band.rows, rows_.size(), picture_rows_);
  return std::span(rows_).subspan(first, end - first);
}

void Display::sent(ChunkId chunk, const Band& band, WorkerId worker, std::uint32_t attempt,
                   Nanoseconds at) {
  for (DisplayRow& row : rows_in(band)) {
    row.attempts = static_cast<std::uint16_t>(std::min(attempt, 65'535u));
    row.version = kChanged;
    if (row.state == DisplayRow::State::kDone) continue;
    if (row.state != DisplayRow::State::kKept) row.state = DisplayRow::State::kInWork;
    row.worker = worker;
    row.chunk = chunk;
    row.band = band;
    row.started = at;
  }
}

void Display::came(const ChunkTimes& times) {
  if (!times.is_accepted) return;
  for (DisplayRow& row : rows_in({times.first_row, times.rows})) {
    row.started = times.sent;
    row.computed_ns = times.computed_ns;
    row.wire_ns = times.wire_ns();
    row.iterations = times.iterations;
    row.version = kChanged;
  }
}

void Display::came_back(const Band& band) {
  for (DisplayRow& row : rows_in(band)) {
    if (row.state != DisplayRow::State::kInWork) continue;
    row.state = DisplayRow::State::kCameBack;
    row.version = kChanged;
  }
}

void Display::kept(const Band& band) {
  for (DisplayRow& row : rows_in(band)) {
    row.state = DisplayRow::State::kKept;
    row.version = kChanged;
  }
}

// `line` is its row of the picture.
void Display::complete(DisplayRow& row, ChunkId chunk, const Band& band, WorkerId worker,
                       std::span<const std::uint32_t> line, Nanoseconds at) {
  auto counts = std::make_shared<std::vector<std::uint32_t>>();
  counts->reserve(columns_.size());
  for (const std::uint32_t column : columns_) counts->push_back(line[column]);
  row.state = DisplayRow::State::kDone;
  row.worker = worker;
  row.chunk = chunk;
  row.band = band;
  row.done = at;
  row.counts = std::move(counts);
  row.version = kChanged;
}

void Display::accepted(ChunkId chunk, const Band& band, WorkerId worker,
                       std::span<const std::uint32_t> counts, Nanoseconds at) {
  for (DisplayRow& row : rows_in(band)) {
    const std::size_t within = row_of_picture(row) - band.first_row;
    complete(row, chunk, band, worker, counts.subspan(within * picture_columns_, picture_columns_),
             at);
  }
}

void Display::done_before(ChunkId chunk, const Band& band, const ReadRow& read_row) {
  std::vector<std::uint32_t> line(picture_columns_);
  for (DisplayRow& row : rows_in(band))
    if (read_row(row_of_picture(row), line)) complete(row, chunk, band, kNobody, line, 0);
}

void Display::revoked(const Band& band) {
  for (DisplayRow& row : rows_in(band)) {
    row.state = DisplayRow::State::kRevoked;
    row.done = -1;
    row.counts.reset();
    row.version = kChanged;
  }
}

std::vector<DisplayRow> Display::show(std::uint64_t version) {
  for (DisplayRow& row : rows_)
    if (row.version == kChanged) row.version = version;
  return rows_;
}

}  // namespace mandel
