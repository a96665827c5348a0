// Where counts lie while a job runs: a file in which every chunk has its place. So chunks leave
// memory in whatever order they come, and outlive the master. Not a file for each chunk, which
// could be a million. Not counts in the journal, which would be written twice: where an output has
// the form of the store, the store becomes that output by a rename.
//
// Nothing is forced to the disk (fsync). What the operating system has taken survives the master's
// death; after a power cut the fingerprints in the journal tell which chunks are whole.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "master/chunks/chunking.h"
#include "master/results/locked_file.h"
#include "master/sinks/plain.h"

namespace mandel {

struct StorePlace {
  std::string path;
  PlainFormat format = PlainFormat::kRaw;
  std::string becomes;  // the output that it is renamed to; empty: it is removed at the end
  bool operator==(const StorePlace&) const = default;
};

// The store of a job with these outputs: the partial file of the first .npy or .raw. If there is
// none and the job must be resumable, a file of its own beside the first output. Only regular files
// count: nothing can be read back from a pipe.
std::optional<StorePlace> place_store(const std::vector<std::string>& outputs, bool is_resumable);

class Store {
 public:
  // Empty. What was there must look like such a store, left from a job that was given up. If it
  // fails nothing is left.
  static Result<Store> create(const StorePlace& place, const PictureSize& size);
  // With what it holds, which must look like such a store. What is missing reads as zeros.
  static Result<Store> open(const StorePlace& place, const PictureSize& size);
  // Empty and without a name, in $TMPDIR or /tmp: for a job that keeps nothing.
  static Result<Store> temporary(const PictureSize& size);

  Result<void> write(const Band& band, std::span<const std::uint32_t> counts);
  // `counts` has room for the band.
  Result<void> read(const Band& band, std::span<std::uint32_t> counts) const;
  // Makes sure that the band matches no fingerprint in a journal any more.
  Result<void> spoil(const Band& band);

  // Is it an output, too, to be delivered as it is?
  bool is_output() const { return !place_.becomes.empty(); }
  // All chunks are there: the store gets its output's name; if it is no output, it goes.
  Result<void> complete();
  bool is_in_place() const { return file_.is_in_place(); }
  void remove() { file_.remove(); }

 private:
  Store(LockedFile file, StorePlace place, const PictureSize& size);
  static Result<Store> open_as(const StorePlace& place, const PictureSize& size, bool is_kept);
  Result<void> check_left() const;
  Result<void> prepare();
  std::uint64_t offset(const Band& band) const;

  LockedFile file_;
  StorePlace place_;
  std::string header_;
  std::uint32_t columns_;
  std::uint64_t bytes_;
};

}  // namespace mandel
