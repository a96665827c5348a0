// A file that one process at a time works on, written and read at any place. POSIX calls rather
// than streams: streams know neither locks nor positions for two threads, and they hide which call
// failed. The lock (flock) belongs to the open file, and so goes when its process ends, however it
// ends. On file systems that know no locks there is none.
//
// Its name is made from an output's, so that something else may stand there: no link is followed,
// and a file with other names, or of another user, is left alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "common/base/error.h"

namespace mandel {

class LockedFile {
 public:
  enum class Missing { kCreate, kFail };

  // Fails if another process has it open this way, or if it is no regular file of ours with this
  // one name.
  static Result<LockedFile> open(const std::string& path, Missing missing);
  // A file without a name, in $TMPDIR or /tmp: gone when closed, however the process ends.
  static Result<LockedFile> temporary();
  LockedFile(LockedFile&& other) noexcept;
  LockedFile& operator=(LockedFile&& other) noexcept;
  ~LockedFile();

  const std::string& path() const { return path_; }
  // Was it made by this open()?
  bool is_new() const { return is_new_; }
  // Does its name still mean this file?
  bool is_in_place() const;
  std::uint64_t size() const;
  Result<void> resize(std::uint64_t bytes);
  // Would the disk and the limits have room for so many?
  Result<void> check_room(std::uint64_t bytes) const;
  // Makes it so long, and takes the room on the disk now, where the file system can, so that a disk
  // that is too small is noticed before the work is done.
  Result<void> reserve(std::uint64_t bytes);
  Result<void> write(std::uint64_t offset, std::span<const std::byte> bytes);
  // Fills all of `bytes`, or fails.
  Result<void> read(std::uint64_t offset, std::span<std::byte> bytes) const;
  Result<void> rename(const std::string& to);
  void remove();

 private:
  LockedFile(std::string path, int fd, bool is_new)
      : path_(std::move(path)), fd_(fd), is_new_(is_new) {}
  Result<void> check_owned() const;
  tl::unexpected<Error> failure(const char* verb, int error) const;

  std::string path_;  // empty: it has no name any more
  int fd_ = -1;
  bool is_new_ = false;
};

}  // namespace mandel
