// See disk.h.
#include "common/base/disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace mandel {

std::optional<DiskRoom> disk_room(int fd) {
  struct statvfs disk{};
  if (fstatvfs(fd, &disk) != 0 || disk.f_blocks == 0) return std::nullopt;
  const bool is_root = geteuid() == 0;
  DiskRoom room{.bytes = std::uint64_t{is_root ? disk.f_bfree : disk.f_bavail} * disk.f_frsize};
  if (disk.f_files > 0) room.files = is_root ? disk.f_ffree : disk.f_favail;
  return room;
}

std::optional<DiskRoom> disk_room(const std::string& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  const auto room = disk_room(fd);
  close(fd);
  return room;
}

bool is_same_disk(const std::string& folder, const std::string& other) {
  struct stat left{};
  struct stat right{};
  return stat(folder.c_str(), &left) == 0 && stat(other.c_str(), &right) == 0 &&
         left.st_dev == right.st_dev;
}

}  // namespace mandel
