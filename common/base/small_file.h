// Files that people write and daemons read: keys, lists of keys, lists of hosts. They are read
// whole, up to a bound, and only if no stranger may write (or read) them. An std::ifstream gives
// half of the old and half of the new when a file is written over meanwhile.
#pragma once

#include <ctime>
#include <optional>
#include <string>
#include <sys/types.h>

#include "common/base/error.h"

namespace mandel {

// Tells a file from another, and from itself after a change.
struct FileStamp {
  ino_t inode = 0;
  off_t size = -1;
  timespec modified{};

  bool operator==(const FileStamp& other) const {
    return inode == other.inode && size == other.size && modified.tv_sec == other.modified.tv_sec &&
           modified.tv_nsec == other.modified.tv_nsec;
  }
};

// Nothing if there is no such file.
std::optional<FileStamp> stamp_of(const std::string& path);

inline constexpr std::size_t kSmallFileBytesMax = std::size_t{1} << 20;

// Nothing if there is no such file. An error if it is no regular file, too large, can't be read
// while nobody writes it, or has any of the mode bits `forbidden`; then the sentence has the chmod
// that mends it.
Result<std::optional<std::string>> read_small_file(const std::string& path, mode_t forbidden);

// Is it a pipe, a terminal or the like, which can be read once only?
bool is_stream(const std::string& path);
// All that comes until its end, up to the same bound; an error if nothing comes for ten seconds.
Result<std::string> read_stream(const std::string& path);

// A file that the user named, of either kind; it has to be there.
Result<std::string> read_named_file(const std::string& path);

}  // namespace mandel
