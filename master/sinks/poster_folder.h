// The folder of a poster's tiles, big_files, and how it comes to be: all tiles go to
// big_files.part, which takes the name when it is whole. So an older poster stays until then, and a
// master that is killed leaves what the next one need not encode again.
//
// A marker in the folder says whose it is; only what has one is ever removed. While the folder is
// made, the marker also has a line for each row of tiles that is whole, with a hash of its pixels:
// who makes the same row again leaves it. The hash, not the job, decides: counts that were computed
// anew after a damage may differ. Tiles therefore need no temporary names, either: one that is torn
// belongs to a row that has no line.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "common/base/error.h"
#include "master/sinks/pyramid.h"

namespace mandel {

// All that `--output big.dzi` writes, through symbolic links.
struct PosterPaths {
  std::string dzi;
  std::string folder;  // big_files
  std::string part;    // big_files.part
  std::string viewer;  // index.html beside it
};
PosterPaths poster_paths(const std::string& path);

class PosterFolder {
 public:
  // Fails if something stands where the folders go that is not this program's and this user's.
  static Result<void> check(const PosterPaths& paths);
  // Goes on with the part of the same identity, if there is one; any other of ours is removed.
  // Another process that has it open makes this fail.
  static Result<PosterFolder> open(const PosterPaths& paths, const std::string& identity,
                                   const Pyramid& pyramid);
  PosterFolder(PosterFolder&& other) noexcept;
  PosterFolder& operator=(PosterFolder&&) = delete;
  // Removes the part, unless an earlier master's was found and stop() did not say otherwise.
  ~PosterFolder();

  std::string tile(std::uint32_t level, std::uint32_t column, std::uint32_t row) const;
  // Is this row of tiles there, of the same pixels?
  bool has_row(std::uint32_t level, std::uint32_t row, const std::string& hash) const;
  // It is now; all its files together have so many bytes.
  Result<void> add_row(std::uint32_t level, std::uint32_t row, std::uint64_t bytes,
                       const std::string& hash);

  // The job ends here; somebody may go on with it.
  void stop(bool may_go_on) { stays_ = may_go_on; }
  // All rows are there: it replaces the folder.
  Result<void> complete();

  // The bytes of the tiles that an earlier master has left in the part.
  static std::uint64_t bytes_in_part(const PosterPaths& paths);

 private:
  struct Row {
    std::uint64_t bytes = 0;
    std::string hash;
  };
  using Rows = std::map<std::pair<std::uint32_t, std::uint32_t>, Row>;  // by level and row

  PosterFolder(PosterPaths paths, const Pyramid& pyramid, int marker)
      : paths_(std::move(paths)), pyramid_(pyramid), marker_(marker) {}
  static Rows read_rows(const std::string& text);
  Result<void> begin(const std::string& head);
  Result<void> append(const std::string& text);

  PosterPaths paths_;  // empty: moved from
  Pyramid pyramid_;
  int marker_;  // open, and locked
  Rows rows_;
  std::uint64_t head_bytes_ = 0;
  bool stays_ = true;  // until it is known to be this one's
};

}  // namespace mandel
