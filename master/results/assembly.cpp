// See assembly.h.
#include "master/results/assembly.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace mandel {
namespace {

constexpr std::size_t kFedAtOnce = 1 << 16;  // counts: 256 KiB

bool looks_first(const Assembly::Config& config) {
  return std::ranges::any_of(config.sinks, [](const auto& sink) { return sink->looks_first(); });
}

}  // namespace

Assembly::Assembly(Config config) : config_(std::move(config)) {
  MANDEL_ASSERT(config_.store || (!config_.journal && !config_.hold_back && config_.done.empty()));
  MANDEL_ASSERT(config_.hold_back || !looks_first(config_));
}

Assembly::~Assembly() { leave(); }

Result<void> Assembly::begin() {
  for (const auto& [chunk, print] : config_.done)
    if (auto told = tell_done(chunk); !told) return told;
  return {};
}

Result<void> Assembly::tell_done(ChunkId chunk) const {
  return config_.lines ? config_.lines->tell_done(config_.chunking.band(chunk)) : Result<void>();
}

Result<void> Assembly::put(ChunkId chunk, Counts counts, const Fingerprint& print) {
  if (!config_.store) {
    if (has_given_up_)
      ++freed_;
    else
      waiting_.emplace(chunk, std::move(counts));
    return tell_done(chunk);
  }
  // In this order: the store must have what the journal says.
  Result<void> kept = config_.store->write(config_.chunking.band(chunk), counts.values());
  if (kept && config_.journal) kept = config_.journal->done(chunk, print);
  if (!kept) return kept;
  config_.done.insert_or_assign(chunk, print);
  ++freed_;
  return tell_done(chunk);
}

Result<void> Assembly::cut_rest(std::uint32_t chunks) {
  config_.chunking.cut_rest(chunks);
  return config_.journal ? config_.journal->cut_rest(chunks) : Result<void>();
}

Result<void> Assembly::revoke(ChunkId chunk) {
  MANDEL_ASSERT(config_.hold_back);
  const std::size_t forgotten = config_.done.erase(chunk);
  MANDEL_ASSERT(forgotten == 1);
  Result<void> revoked = config_.store->spoil(config_.chunking.band(chunk));
  if (revoked && config_.journal) revoked = config_.journal->revoked(chunk);
  if (revoked && config_.lines) revoked = config_.lines->tell_revoked(config_.chunking.band(chunk));
  return revoked;
}

void Assembly::give_up() {
  has_given_up_ = true;
  freed_ += static_cast<std::uint32_t>(waiting_.size());
  waiting_.clear();
}

// The chunk that the sinks get next, if it is there for them.
std::optional<ChunkId> Assembly::feedable() const {
  if (next_row_ == config_.chunking.rows()) return std::nullopt;
  const auto next = config_.chunking.chunk_at(next_row_);
  if (!next) return std::nullopt;
  const bool is_there = config_.store ? !config_.sinks.empty() && !config_.hold_back &&
                                            !has_given_up_ && config_.done.contains(*next)
                                      : waiting_.contains(*next);
  return is_there ? next : std::nullopt;
}

Result<void> Assembly::feed() { return feed(feedable().value()); }

Result<void> Assembly::feed(ChunkId chunk) {
  Counts counts;
  if (!config_.store) counts = std::move(waiting_.extract(chunk).mapped());
  if (config_.store)
    if (auto read = read_back(chunk); !read) return read;
  const auto values = config_.store ? std::span<const std::uint32_t>(buffer_) : counts.values();
  if (auto fed = feed(values); !fed) return fed;
  if (!config_.store) ++freed_;
  next_row_ += config_.chunking.band(chunk).rows;
  ++fed_;
  return {};
}

// So few rows at a time that the second sink finds in a cache what the first one read.
Result<void> Assembly::feed(std::span<const std::uint32_t> counts) const {
  const std::size_t some = std::max<std::size_t>(kFedAtOnce / config_.columns, 1) * config_.columns;
  for (auto rest = counts; !rest.empty();) {
    const auto rows = rest.first(std::min(some, rest.size()));
    for (const auto& sink : config_.sinks)
      if (auto taken = sink->rows(rows); !taken) return taken;
    rest = rest.subspan(rows.size());
  }
  return {};
}

Result<void> Assembly::read_back(ChunkId chunk) {
  const Band band = config_.chunking.band(chunk);
  buffer_.resize(std::size_t{band.rows} * config_.columns);
  if (auto read = config_.store->read(band, buffer_); !read) return read;
  if (fingerprint(buffer_) == config_.done.at(chunk)) return {};
  return fail(fmt::format("the disk gives back other counts than were stored, in rows {} to {}",
                          band.first_row, band.first_row + band.rows - 1));
}

bool Assembly::is_whole() const {
  const std::size_t there = config_.store ? config_.done.size() : fed_ + waiting_.size();
  return config_.chunking.is_whole() && there == config_.chunking.chunks();
}

std::uint32_t Assembly::take_freed() { return std::exchange(freed_, 0); }

// Of the whole picture, which is in the store by now.
Result<void> Assembly::look_first(const Tell& tell) {
  if (!looks_first(config_)) return {};
  for (std::uint32_t row = 0; row < config_.chunking.rows();) {
    const ChunkId chunk = config_.chunking.chunk_at(row).value();
    if (auto read = read_back(chunk); !read) return read;
    for (const auto& sink : config_.sinks)
      if (sink->looks_first()) sink->look(buffer_);
    row += config_.chunking.band(chunk).rows;
    if (tell && !tell(0)) return fail("called off");
  }
  return {};
}

// A store that is delivered as it lies there is read once more, whatever the sinks got of it
// before: its file has a name, and who knows it can write to it.
Result<void> Assembly::feed_rest(const Tell& tell) {
  const auto is_called_off = [&](std::uint32_t chunks) { return tell && !tell(chunks); };
  if (config_.store && config_.store->is_output())
    for (std::uint32_t row = 0, read = 0; row < next_row_; ++read) {
      const ChunkId chunk = config_.chunking.chunk_at(row).value();
      if (auto same = read_back(chunk); !same) return same;
      row += config_.chunking.band(chunk).rows;
      if (is_called_off(read + 1)) return fail("called off");
    }
  const bool is_read = config_.store && config_.sinks.empty() && !config_.store->is_output();
  while (!is_read && next_row_ < config_.chunking.rows()) {
    if (auto fed = feed(config_.chunking.chunk_at(next_row_).value()); !fed) return fed;
    if (is_called_off(fed_)) return fail("called off");
  }
  return {};
}

Result<void> Assembly::finish(const Tell& tell) {
  MANDEL_ASSERT(is_whole());
  if (auto looked = look_first(tell); !looked) return looked;
  if (auto fed = feed_rest(tell); !fed) return fed;
  for (const auto& sink : config_.sinks)
    if (auto finished = sink->finish(); !finished) return finished;
  if (!config_.store) return {};
  if (auto completed = config_.store->complete(); !completed) return completed;
  if (config_.journal) config_.journal->remove();
  config_.journal.reset();
  config_.store.reset();
  return {};
}

bool Assembly::leave() {
  if (!is_resumable()) {
    drop();
    return false;
  }
  const bool may_go_on = config_.journal->is_in_place() && config_.store->is_in_place();
  for (const auto& sink : config_.sinks) sink->stop(may_go_on);
  return may_go_on;
}

void Assembly::drop() {
  for (const auto& sink : config_.sinks) sink->stop(false);
  if (config_.store) config_.store->remove();
  if (config_.journal) config_.journal->remove();
  config_.journal.reset();
  config_.store.reset();
}

}  // namespace mandel
