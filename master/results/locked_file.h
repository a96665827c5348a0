// A file that one process at a time works on, written and read at any place. POSIX calls rather
// than streams: streams know neither locks nor positions for two threads, and they hide which call
// failed. The lock (flock) belongs to the open file, and so goes when its process ends, however it
// ends. On file systems that know no locks there is none.
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

  // Fails if another process has it open this way, or if it is no regular file.
  static Result<LockedFile> open(const std::string& path, Missing missing);
  // A file without a name, in $TMPDIR or /tmp: gone when closed, however the process ends.
  static Result<LockedFile> temporary();
  LockedFile(LockedFile&& other) noexcept;
  LockedFile& operator=(LockedFile&& other) noexcept;
  ~LockedFile();

  const std::string& path() const { return path_; }
  std::uint64_t size() const;
  Result<void> resize(std::uint64_t bytes);
  // Takes the room on the disk now, where the file system can, so that a disk that is too small is
  // noticed before the work is done.
  Result<void> reserve(std::uint64_t bytes);
  Result<void> write(std::uint64_t offset, std::span<const std::byte> bytes);
  // Fills all of `bytes`, or fails.
  Result<void> read(std::uint64_t offset, std::span<std::byte> bytes) const;
  Result<void> rename(const std::string& to);
  void remove();

 private:
  LockedFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  tl::unexpected<Error> failure(const char* verb, int error) const;

  std::string path_;  // empty: it has no name any more
  int fd_ = -1;
};

}  // namespace mandel
