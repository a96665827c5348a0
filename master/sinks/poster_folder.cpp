// See poster_folder.h.
#include "master/sinks/poster_folder.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "master/sinks/output_file.h"

namespace mandel {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMarker = "mandel-poster.txt";
constexpr std::string_view kWhose =
    "Tiles of a poster that mandel-master wrote. It removes this folder when it writes that "
    "anew.\n";
constexpr std::size_t kHashLength = 32;
constexpr std::size_t kMarkerMax = std::size_t{8} << 20;  // the most that a poster's can have: 1 MB

tl::unexpected<Error> cannot(const char* verb, const std::string& path, int error) {
  return fail(fmt::format("can't {} {}: {}", verb, path, std::strerror(error)));
}

std::string marker_of(const std::string& folder) { return folder + "/" + kMarker; }

// What the marker of a folder says; empty if it has none, or is another user's: there a link may
// stand where a tile goes.
std::string marker_text(const std::string& folder) {
  struct stat status{};
  if (lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) || status.st_uid != geteuid())
    return "";
  std::string text;
  const int file = open(marker_of(folder).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return "";
  char bytes[4096];
  for (ssize_t got = 0; text.size() < kMarkerMax && (got = read(file, bytes, sizeof bytes)) > 0;)
    text.append(bytes, static_cast<std::size_t>(got));
  close(file);
  return text;
}

// Or nobody's: a master that was killed early leaves an empty one.
bool is_ours(const std::string& folder) {
  std::error_code ignored;
  return marker_text(folder).starts_with(kWhose) || fs::is_empty(folder, ignored);
}

// Also a dangling link.
bool is_there(const std::string& path) {
  struct stat status{};
  return lstat(path.c_str(), &status) == 0;
}

Result<void> clear_folder(const std::string& folder) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    if (entry->path().filename() != kMarker) fs::remove_all(entry->path(), error);
  if (error) return fail(fmt::format("can't remove {}: {}", folder, error.message()));
  return {};
}

// The marker goes last: what is left when this is interrupted is still ours.
Result<void> remove_folder(const std::string& folder) {
  if (auto cleared = clear_folder(folder); !cleared) return cleared;
  std::error_code error;
  fs::remove_all(folder, error);
  if (error) return fail(fmt::format("can't remove {}: {}", folder, error.message()));
  return {};
}

// In one act where the file system can do that; then the old poster is in the part.
bool swap_names(const std::string& left, const std::string& right) {
  return syscall(SYS_renameat2, AT_FDCWD, left.c_str(), AT_FDCWD, right.c_str(), RENAME_EXCHANGE) ==
         0;
}

}  // namespace

PosterPaths poster_paths(const std::string& path) {
  const fs::path target = target_of(path);
  const std::string folder = (target.parent_path() / target.stem()).string() + "_files";
  return {.dzi = target,
          .folder = folder,
          .part = folder + ".part",
          .viewer = target.parent_path() / "index.html"};
}

Result<void> PosterFolder::check(const PosterPaths& paths) {
  for (const std::string& folder : {paths.folder, paths.part})
    if (is_there(folder) && !is_ours(folder))
      return fail(fmt::format("{} is there already, and not of this program's making: move it away",
                              folder));
  return {};
}

Result<PosterFolder> PosterFolder::open(const PosterPaths& paths, const std::string& identity,
                                        const Pyramid& pyramid) {
  if (auto checked = check(paths); !checked) return tl::unexpected(checked.error());
  if (mkdir(paths.part.c_str(), 0777) != 0 && errno != EEXIST)
    return cannot("make", paths.part, errno);
  const std::string path = marker_of(paths.part);
  PosterFolder folder(paths, pyramid,
                      ::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666));
  if (folder.marker_ < 0) {
    const int error = errno;
    rmdir(paths.part.c_str());  // if it is empty
    return cannot("write", path, error);
  }
  if (flock(folder.marker_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return fail(fmt::format("another mandel-master is at work on {}", paths.part));
  if (auto begun = folder.begin(fmt::format("{}{}\n", kWhose, identity)); !begun)
    return tl::unexpected(begun.error());
  return folder;
}

// Goes on behind what an earlier master wrote, whose last line may be torn; or begins anew.
Result<void> PosterFolder::begin(const std::string& head) {
  head_bytes_ = head.size();
  const std::string text = marker_text(paths_.part);
  stays_ = text.starts_with(head);
  if (stays_) {
    rows_ = read_rows(text.substr(head.size()));
  } else {
    if (auto cleared = clear_folder(paths_.part); !cleared) return cleared;
    if (ftruncate(marker_, 0) != 0) return cannot("write", marker_of(paths_.part), errno);
  }
  for (std::uint32_t level = 0; level <= pyramid_.deepest(); ++level) {
    const std::string folder = fmt::format("{}/{}", paths_.part, level);
    if (mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST) return cannot("make", folder, errno);
  }
  return append(stays_ ? "\n" : head);
}

PosterFolder::PosterFolder(PosterFolder&& other) noexcept
    : paths_(std::move(other.paths_)),
      pyramid_(other.pyramid_),
      marker_(std::exchange(other.marker_, -1)),
      rows_(std::move(other.rows_)),
      head_bytes_(other.head_bytes_),
      stays_(other.stays_) {}

PosterFolder::~PosterFolder() {
  if (marker_ < 0) return;
  if (!stays_) [[maybe_unused]]
    const auto ignored = remove_folder(paths_.part);
  close(marker_);
}

Result<void> PosterFolder::append(const std::string& text) {
  if (write(marker_, text.data(), text.size()) == static_cast<ssize_t>(text.size())) return {};
  return cannot("write", marker_of(paths_.part), errno);
}

// Lines that are torn, or no lines, are left out.
PosterFolder::Rows PosterFolder::read_rows(const std::string& text) {
  Rows rows;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::pair<std::uint32_t, std::uint32_t> at;
    Row row;
    if (words >> at.first >> at.second >> row.bytes >> row.hash && row.hash.size() == kHashLength)
      rows.insert_or_assign(at, std::move(row));
  }
  return rows;
}

std::string PosterFolder::tile(std::uint32_t level, std::uint32_t column, std::uint32_t row) const {
  return fmt::format("{}/{}/{}_{}.png", paths_.part, level, column, row);
}

// After a power cut files may be empty that a line speaks of.
bool PosterFolder::has_row(std::uint32_t level, std::uint32_t row, const std::string& hash) const {
  const auto found = rows_.find({level, row});
  if (found == rows_.end() || found->second.hash != hash) return false;
  std::uint64_t bytes = 0;
  for (std::uint32_t column = 0; column < pyramid_.tiles(level).columns; ++column) {
    struct stat status{};
    if (stat(tile(level, column, row).c_str(), &status) != 0) return false;
    bytes += static_cast<std::uint64_t>(status.st_size);
  }
  return bytes == found->second.bytes;
}

Result<void> PosterFolder::add_row(std::uint32_t level, std::uint32_t row, std::uint64_t bytes,
                                   const std::string& hash) {
  return append(fmt::format("{} {} {} {}\n", level, row, bytes, hash));
}

// The lines go first, so that equal posters have equal files.
Result<void> PosterFolder::complete() {
  if (ftruncate(marker_, static_cast<off_t>(head_bytes_)) != 0)
    return cannot("write", marker_of(paths_.part), errno);
  if (auto checked = check(paths_); !checked) return checked;
  if (is_there(paths_.folder) && !swap_names(paths_.part, paths_.folder))
    if (auto removed = remove_folder(paths_.folder); !removed) return removed;
  if (!is_there(paths_.folder) && std::rename(paths_.part.c_str(), paths_.folder.c_str()) != 0)
    return cannot("write", paths_.folder, errno);
  close(std::exchange(marker_, -1));
  return is_there(paths_.part) ? remove_folder(paths_.part) : Result<void>();
}

std::uint64_t PosterFolder::bytes_in_part(const PosterPaths& paths) {
  std::uint64_t sum = 0;
  for (const auto& [at, row] : read_rows(marker_text(paths.part))) sum += row.bytes;
  return sum;
}

}  // namespace mandel
