// How much room a disk has for this user, asked before a file is begun that may not fit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace mandel {

struct DiskRoom {
  std::uint64_t bytes = 0;
  std::uint64_t files = UINT64_MAX;  // where the file system has no bound of its own
};

// Nothing where the file system doesn't say. `fd` is an open file or folder.
std::optional<DiskRoom> disk_room(int fd);
std::optional<DiskRoom> disk_room(const std::string& folder);

// Do both lie on the same disk, as far as can be told?
bool is_same_disk(const std::string& folder, const std::string& other);

}  // namespace mandel
