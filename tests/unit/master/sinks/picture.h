// A small picture in chunks, for tests of what puts it together: 3 columns, 4 chunks of 2 rows, a
// job's journal around it, and a sink that keeps what it gets.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "master/results/assembly.h"
#include "tests/unit/temp_folder.h"

namespace mandel::picture {

inline constexpr PictureSize kSize = {3, 8, 1000};  // columns, rows
inline constexpr std::uint32_t kChunks = 4;
inline constexpr std::size_t kPixels = 6;  // of a chunk

inline std::vector<std::uint32_t> values(ChunkId chunk) {
  std::vector<std::uint32_t> counts(kPixels);
  for (std::uint32_t k = 0; k < kPixels; ++k) counts[k] = 100 * chunk + k;
  return counts;
}

inline Counts counts(std::vector<std::uint32_t> of) {
  return Counts(zmq::message_t(of.data(), of.size() * sizeof(std::uint32_t)));
}
inline Counts counts(ChunkId chunk) { return counts(values(chunk)); }

inline Fingerprint print(ChunkId chunk) { return fingerprint(values(chunk)); }

inline std::vector<std::uint32_t> all() {
  std::vector<std::uint32_t> picture;
  for (ChunkId chunk = 0; chunk < kChunks; ++chunk)
    for (const std::uint32_t count : values(chunk)) picture.push_back(count);
  return picture;
}

struct Log {
  std::vector<std::uint32_t> values;
  bool is_finished = false;
  std::optional<bool> may_go_on = {};  // where it was stopped
};

class LogSink final : public Sink {
 public:
  explicit LogSink(Log& log, std::uint32_t fail_at = UINT32_MAX) : log_(log), fail_at_(fail_at) {}
  Result<void> rows(std::span<const std::uint32_t> counts) override {
    if (counts[0] == fail_at_) return fail("disk full");
    log_.values.insert(log_.values.end(), counts.begin(), counts.end());
    return {};
  }
  Result<void> finish() override {
    log_.is_finished = true;
    return {};
  }
  void stop(bool may_go_on) override { log_.may_go_on = may_go_on; }

 private:
  Log& log_;
  const std::uint32_t fail_at_;
};

// Memory only.
inline Assembly::Config config(Log& log, std::uint32_t fail_at = UINT32_MAX) {
  Assembly::Config config{.sinks = {},
                          .chunking = Chunking(kSize.rows, kChunks),
                          .columns = kSize.columns,
                          .store = {},
                          .journal = {},
                          .done = {}};
  config.sinks.push_back(std::make_unique<LogSink>(log, fail_at));
  return config;
}

inline JournalHeader header(const TempFolder& folder) {
  return {.job_id = 1,
          .job = {View{0, 0, 1, 1, kSize.columns, kSize.rows}, kSize.max_iter},
          .chunks = kChunks,
          .outputs = {folder.path("a.raw")},
          .colours = "ultra",
          .store = {folder.path("a.raw.part"), PlainFormat::kRaw, folder.path("a.raw")}};
}

// With a.raw.part as the store and a.raw.journal, both new.
inline Assembly::Config kept(const TempFolder& folder, Log& log) {
  Assembly::Config kept = config(log);
  kept.journal = *Journal::create(folder.path("a.raw.journal"), header(folder));
  kept.store = *Store::create(header(folder).store, kSize);
  return kept;
}

// What a master that comes later finds of them; every chunk's counts are believed.
inline Assembly::Config found(const TempFolder& folder, Log& log) {
  Assembly::Config found = config(log);
  auto resumed = Journal::resume(folder.path("a.raw.journal"));
  found.done = resumed.value().contents.done;
  found.journal = std::move(resumed->journal);
  found.store = *Store::open(header(folder).store, kSize);
  return found;
}

}  // namespace mandel::picture
