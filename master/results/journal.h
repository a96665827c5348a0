// The master's memory of a job on disk: which chunks are done, appended as they are, so that a
// master that dies can be followed by another which goes on. Append-only, as LevelDB's log: what
// was written is never touched again, so that a crash can spoil the last record only. Not SQLite:
// it would be a dependency for a few kinds of record that are only ever read from beginning to end.
//
// The first record is the Header, which holds all that is needed to go on; then come Done and
// Revoked in the order of events; the last word on a chunk counts. A job whose rest is cut later
// has a RestCut before the first of those chunks. Where that record was lost, the rest is cut anew,
// and the job gets a new number: workers may have results of chunks that are no more. Options of
// one run only (--hosts, --audit, --json ...) are not part of it. The records' bytes are described
// in journal_format.h.
//
// A tail that is no record is what a crash in the middle of writing leaves: it is ignored, and cut
// off before more is appended. If a sound record follows what is broken, the disk was at fault:
// the user is told, and neither the broken record nor what follows is used, so that these chunks
// are computed again. A header that is broken is mended from its copy in the first Done.
//
// Downsides:
// - No fsync: a record costs microseconds, and survives kill -9, since the operating system has it;
//   after a power cut the last seconds' records, or counts that records speak of, may be missing.
//   Counts are therefore compared with their fingerprints before they are used.
// - A Revoked record may be lost with a broken tail. Hence the store's counts are spoilt first, and
//   their fingerprint does not match (Store::spoil).
// - Paths are absolute: outputs that are moved must be moved back, or the job begun again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/base/fingerprint.h"
#include "master/chunks/ids.h"
#include "master/results/journal_header.h"
#include "master/results/locked_file.h"

namespace mandel {

namespace journal {
class Header;
}

struct JournalContents {
  JournalHeader header;
  std::map<ChunkId, Fingerprint> done;
  std::uint64_t sound_bytes = 0;             // what follows them is to be cut off
  std::optional<std::uint64_t> damaged_at;   // not a crash's tail: where sound records were lost
  std::optional<std::string> mended_header;  // the record to be written where it is broken
};

// What these bytes say. An error is half a sentence about the file.
Result<JournalContents> read_journal(std::span<const std::byte> bytes);

class Journal {
 public:
  Journal(Journal&&) noexcept;
  Journal& operator=(Journal&&) noexcept;
  ~Journal();

  // Fails as check_unused() does, and where it can't be written.
  static Result<Journal> create(const std::string& path, const JournalHeader& header);
  // Goes on with one that is there.
  struct Resumed;
  static Result<Resumed> resume(const std::string& path);

  Result<void> done(ChunkId chunk, const Fingerprint& print);
  Result<void> revoked(ChunkId chunk);
  // With a new number of the job, if it isn't 0.
  Result<void> cut_rest(std::uint32_t chunks, std::uint64_t job_id = 0);
  // Has any chunk been done? (One that goes on counts as such.)
  bool has_entries() const { return has_entries_; }
  bool is_in_place() const { return file_.is_in_place(); }
  void remove() { file_.remove(); }

 private:
  Journal(LockedFile file, std::uint64_t end, bool has_entries);
  Result<void> append(const std::string& record);

  LockedFile file_;
  std::uint64_t end_;
  bool has_entries_;
  std::unique_ptr<journal::Header> header_;  // until the first Done has taken it
};

struct Journal::Resumed {
  Journal journal;
  JournalContents contents;
};

// May a journal be made at this path? An error says why not: there is one of a job that runs or can
// be resumed, or something that is none. A journal without a done chunk may be written over.
Result<void> check_unused(const std::string& path);

}  // namespace mandel
