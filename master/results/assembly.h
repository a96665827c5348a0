// Puts a picture together from chunks that come in any order. Each goes to its place in the store
// and into the journal, and all go to the sinks in the order of rows. It has no thread, so that
// tests go through it step by step; the writer has.
//
// With a store a chunk leaves memory at once, and the sinks are fed from the store. That is one
// path for chunks that just came and for those of an earlier master, and each chunk is compared
// with its fingerprint once more. Reading back is cheap beside compressing a picture: the operating
// system still has the counts in memory. Without a store chunks wait in memory for their turn.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "common/base/fingerprint.h"
#include "master/chunks/chunking.h"
#include "master/chunks/ids.h"
#include "master/results/band_lines.h"
#include "master/results/journal.h"
#include "master/results/store.h"
#include "master/results/verify.h"
#include "master/sinks/sink.h"

namespace mandel {

class Assembly {
 public:
  struct Config {
    std::vector<std::unique_ptr<Sink>> sinks = {};  // none, and no store: nothing is kept
    Chunking chunking;
    std::uint32_t columns = 0;
    std::optional<Store> store = {};
    std::optional<Journal> journal = {};       // only with a store
    std::map<ChunkId, Fingerprint> done = {};  // in the store, by an earlier master
    // Chunks may be revoked, or a sink looks first: no sink gets one before finish(). Only with a
    // store.
    bool hold_back = false;
    std::shared_ptr<BandLines> lines = {};  // who is told of each chunk; may be null
  };

  explicit Assembly(Config config);
  // Calls leave() if neither that nor finish() was called.
  ~Assembly();
  Assembly(const Assembly&) = delete;
  Assembly& operator=(const Assembly&) = delete;

  // Before the first of the others: tells of what an earlier master has done.
  Result<void> begin();
  Result<void> put(ChunkId chunk, Counts counts, const Fingerprint& print);
  // Into how many chunks the rest was cut. No chunk of it was put before.
  Result<void> cut_rest(std::uint32_t chunks);
  // Of a chunk that was put; it will be put again.
  Result<void> revoke(ChunkId chunk);
  // The picture will not be completed: nothing waits for its turn any more.
  void give_up();

  // Can the sinks get the next chunk now? Then feed() gives it to them.
  bool can_feed() const { return feedable().has_value(); }
  Result<void> feed();

  // What the sinks have. Do they get it while the job runs?
  std::uint32_t chunks_fed() const { return fed_; }
  std::uint32_t rows_fed() const { return next_row_; }
  bool feeds_early() const { return !config_.sinks.empty() && !config_.hold_back; }

  // Chunks that have left memory since the last call.
  std::uint32_t take_freed();
  bool has_waiting() const { return !waiting_.empty(); }

  // All chunks were put: feeds what is left, completes all files, ends the journal.
  using Tell = std::function<bool(std::uint32_t written)>;
  // After each chunk that the sinks still had to take, `tell` hears how many they have; if it says
  // no, this fails.
  Result<void> finish(const Tell& tell = {});
  // Instead of finish(), or after it failed. True if the journal has chunks: then store and journal
  // stay for --resume, if they are still there. Otherwise nothing stays.
  bool leave();
  // The same, but nobody is to go on: nothing stays.
  void drop();
  bool is_resumable() const { return config_.journal && config_.journal->has_entries(); }

 private:
  Result<void> tell_done(ChunkId chunk) const;
  std::optional<ChunkId> feedable() const;
  bool is_whole() const;
  Result<void> feed(ChunkId chunk);
  Result<void> feed(std::span<const std::uint32_t> counts) const;
  Result<void> look_first(const Tell& tell);
  Result<void> feed_rest(const Tell& tell);
  Result<void> read_back(ChunkId chunk);

  Config config_;
  std::map<ChunkId, Counts> waiting_;  // without a store
  std::vector<std::uint32_t> buffer_;  // a chunk read back
  std::uint32_t next_row_ = 0;         // for the sinks
  std::uint32_t fed_ = 0;              // chunks
  std::uint32_t freed_ = 0;
  bool has_given_up_ = false;
};

}  // namespace mandel
