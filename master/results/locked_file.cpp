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
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace mandel {

Result<LockedFile> LockedFile::open(const std::string& path, Missing missing) {
  const int flags = O_RDWR | O_CLOEXEC | O_NONBLOCK | (missing == Missing::kCreate ? O_CREAT : 0);
  for (;;) {
    LockedFile file(path, ::open(path.c_str(), flags, 0666));
    if (file.fd_ < 0) return file.failure("open", errno);
    if (flock(file.fd_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
      return fail(fmt::format("another mandel-master is at work on {}", path));
    struct stat status{};
    if (fstat(file.fd_, &status) != 0) return file.failure("open", errno);
    if (!S_ISREG(status.st_mode)) return fail(fmt::format("{} is no regular file", path));
    // Did its owner remove or rename it between our open() and our lock? Then see what is there
    // now.
    struct stat named{};
    if (stat(path.c_str(), &named) == 0 && named.st_ino == status.st_ino &&
        named.st_dev == status.st_dev)
      return file;
  }
}

Result<LockedFile> LockedFile::temporary() {
  std::error_code error;
  const auto folder = std::filesystem::temp_directory_path(error);
  if (error) return fail(fmt::format("no folder for temporary files: {}", error.message()));
  std::string path = folder / "mandel-XXXXXX";
  LockedFile file(path, mkostemp(path.data(), O_CLOEXEC));
  if (file.fd_ < 0) return file.failure("make", errno);
  unlink(path.c_str());
  file.path_ = folder / "(a file without name)";
  return file;
}

LockedFile::LockedFile(LockedFile&& other) noexcept
    : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {}

LockedFile& LockedFile::operator=(LockedFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(fd_, other.fd_);
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
  // Not posix_fallocate(), which writes all of the file where the system can't reserve.
  if (fallocate(fd_, 0, 0, static_cast<off_t>(bytes)) != 0 && errno == ENOSPC)
    return failure("write", ENOSPC);
  return {};
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
