// See locked_file.h.
#include "master/results/locked_file.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "common/base/disk.h"
#include "master/stats/units.h"

namespace mandel {

namespace {

constexpr int kFlags = O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW;

bool is_same(const struct stat& left, const struct stat& right) {
  return left.st_ino == right.st_ino && left.st_dev == right.st_dev;
}

}  // namespace

Result<LockedFile> LockedFile::open(const std::string& path, Missing missing) {
  for (;;) {
    int fd = missing == Missing::kCreate ? ::open(path.c_str(), kFlags | O_CREAT | O_EXCL, 0666)
                                         : ::open(path.c_str(), kFlags);
    const bool is_new = fd >= 0 && missing == Missing::kCreate;
    if (fd < 0 && errno == EEXIST) {
      fd = ::open(path.c_str(), kFlags);
      if (fd < 0 && errno == ENOENT) continue;  // removed in between
    }
    LockedFile file(path, fd, is_new);
    if (fd < 0 && errno == ELOOP)
      return fail(
          fmt::format("{} is a symbolic link, where only a file of this program's may be: "
                      "remove it",
                      path));
    if (fd < 0) return file.failure("open", errno);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
      return fail(fmt::format("another mandel-master is at work on {}", path));
    // Did its owner remove or rename it between our open() and our lock? Then see what is there
    // now.
    if (!file.is_in_place()) continue;
    if (auto owned = file.check_owned(); !owned) return tl::unexpected(owned.error());
    return file;
  }
}

Result<void> LockedFile::check_owned() const {
  struct stat status{};
  if (fstat(fd_, &status) != 0) return failure("open", errno);
  if (!S_ISREG(status.st_mode)) return fail(fmt::format("{} is no regular file", path_));
  if (status.st_nlink > 1)
    return fail(fmt::format(
        "{} has other names, too (hard links), and is no file of this program's: move it away",
        path_));
  if (!is_new_ && status.st_uid != geteuid())
    return fail(
        fmt::format("{} belongs to another user (number {}): move it away, or go on as "
                    "that user",
                    path_, status.st_uid));
  return {};
}

bool LockedFile::is_in_place() const {
  struct stat status{};
  struct stat named{};
  return fstat(fd_, &status) == 0 && lstat(path_.c_str(), &named) == 0 && is_same(named, status);
}

Result<LockedFile> LockedFile::temporary() {
  std::error_code error;
  const auto folder = std::filesystem::temp_directory_path(error);
  if (error) return fail(fmt::format("no folder for temporary files: {}", error.message()));
  std::string path = folder / "mandel-XXXXXX";
  LockedFile file(path, mkostemp(path.data(), O_CLOEXEC), true);
  if (file.fd_ < 0) return file.failure("make", errno);
  unlink(path.c_str());
  file.path_ = folder / "(a file without name)";
  return file;
}

LockedFile::LockedFile(LockedFile&& other) noexcept
    : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)), is_new_(other.is_new_) {}

LockedFile& LockedFile::operator=(LockedFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(fd_, other.fd_);
  std::swap(is_new_, other.is_new_);
  return *this;
}

LockedFile::~LockedFile() {
  if (fd_ >= 0) close(fd_);
}

std::uint64_t LockedFile::size() const {
  struct stat status{};
  MANDEL_ASSERT(fstat(fd_, &status) == 0);
  return static_cast<std::uint64_t>(status.st_size);
}

Result<void> LockedFile::resize(std::uint64_t bytes) {
  if (ftruncate(fd_, static_cast<off_t>(bytes)) != 0) return failure("write", errno);
  return {};
}

Result<void> LockedFile::reserve(std::uint64_t bytes) {
  if (auto room = check_room(bytes); !room) return room;
  // Not posix_fallocate(), which writes all of the file where the system can't reserve.
  const bool is_reserved = fallocate(fd_, 0, 0, static_cast<off_t>(bytes)) == 0;
  if (!is_reserved && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG))
    return failure("write", errno);
  return resize(bytes);
}

// Compared before anything is taken: a file that does not fit must not fill the disk on its way.
Result<void> LockedFile::check_room(std::uint64_t bytes) const {
  rlimit limit{};
  if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && bytes > limit.rlim_cur)
    return fail(
        fmt::format("{} needs {}, and no file of this process may have more than {} "
                    "(ulimit -f): raise that limit",
                    path_, bytes_text(bytes), bytes_text(limit.rlim_cur)));
  struct stat status{};
  const auto free = disk_room(fd_);
  if (!free || fstat(fd_, &status) != 0) return {};
  const std::uint64_t taken = std::uint64_t{512} * static_cast<std::uint64_t>(status.st_blocks);
  if (bytes <= taken + free->bytes) return {};
  return fail(
      fmt::format("{} needs {}, and {} are free on that disk: make room, or write to "
                  "another",
                  path_, bytes_text(bytes), bytes_text(taken + free->bytes)));
}

Result<void> LockedFile::write(std::uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t done = pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return failure("write", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(done));
    offset += static_cast<std::uint64_t>(done);
  }
  return {};
}

Result<void> LockedFile::read(std::uint64_t offset, std::span<std::byte> bytes) const {
  while (!bytes.empty()) {
    const ssize_t done = pread(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return failure("read", errno);
    if (done == 0) return fail(fmt::format("{} is shorter than it should be", path_));
    bytes = bytes.subspan(static_cast<std::size_t>(done));
    offset += static_cast<std::uint64_t>(done);
  }
  return {};
}

Result<void> LockedFile::rename(const std::string& to) {
  if (std::rename(path_.c_str(), to.c_str()) != 0)
    return fail(fmt::format("can't rename {} to {}: {}", path_, to, std::strerror(errno)));
  path_ = to;
  return {};
}

void LockedFile::remove() { unlink(path_.c_str()); }

tl::unexpected<Error> LockedFile::failure(const char* verb, int error) const {
  return fail(fmt::format("can't {} {}: {}", verb, path_, std::strerror(error)));
}

}  // namespace mandel
