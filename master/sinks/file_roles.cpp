// See file_roles.h.
#include "master/sinks/file_roles.h"

#include <compare>
#include <cstdint>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <sys/stat.h>

#include "master/sinks/output_file.h"

namespace mandel {
namespace {

// Of a file that is not there yet: its folder, and its name in it.
struct Identity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::string name;
  auto operator<=>(const Identity&) const = default;
};

std::optional<Identity> identity_of(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) == 0)
    return S_ISREG(status.st_mode) ? std::optional(Identity{status.st_dev, status.st_ino, ""})
                                   : std::nullopt;
  const std::filesystem::path target = target_of(path);
  const std::string folder = target.has_parent_path() ? target.parent_path().string() : ".";
  if (stat(folder.c_str(), &status) != 0) return std::nullopt;
  return Identity{status.st_dev, status.st_ino, target.filename()};
}

}  // namespace

Result<void> check_distinct(const std::vector<FileRole>& roles) {
  using Use = FileRole::Use;
  std::map<Identity, const FileRole*> known;
  for (const FileRole& role : roles) {
    const auto identity = identity_of(role.path);
    if (!identity) continue;
    const auto [there, is_first] = known.emplace(*identity, &role);
    const FileRole& other = *there->second;
    if (is_first || (role.use != Use::kWritten && other.use != Use::kWritten)) continue;
    return fail(fmt::format("{0} {1}: {2} {3} is the same file; give another name", role.what,
                            role.path, other.what, other.path));
  }
  return {};
}

std::vector<FileRole> stream_roles() {
  return {{"standard output", "/dev/stdout", FileRole::Use::kStream},
          {"standard error", "/dev/stderr", FileRole::Use::kStream}};
}

}  // namespace mandel
