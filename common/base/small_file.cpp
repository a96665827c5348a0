// See small_file.h.
#include "common/base/small_file.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mandel {
namespace {

constexpr int kReadingsMax = 100;
constexpr int kStreamSilenceMs = 10'000;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

tl::unexpected<Error> cannot_read(const std::string& path) {
  return fail(fmt::format("can't read {}: {}", path, std::strerror(errno)));
}

FileStamp stamp_of(const struct stat& status) {
  return {status.st_ino, status.st_size, status.st_mtim};
}

// One byte more than `size` if there are as many: then the file has grown.
Result<std::string> contents(const std::string& path, int fd, std::size_t size) {
  std::string text(size + 1, '\0');
  std::size_t end = 0;
  while (end < text.size()) {
    const ssize_t got = pread(fd, text.data() + end, text.size() - end, static_cast<off_t>(end));
    if (got < 0) return cannot_read(path);
    if (got == 0) break;
    end += static_cast<std::size_t>(got);
  }
  text.resize(end);
  return text;
}

// A file that is written over while we read it comes out as the beginning of the old and the end of
// the new: such a reading doesn't count.
Result<std::string> still_contents(const std::string& path, int fd, struct stat status) {
  for (int reading = 0; reading < kReadingsMax; ++reading) {
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size > kSmallFileBytesMax)
      return fail(fmt::format("{} is larger than {} bytes", path, kSmallFileBytesMax));
    const FileStamp before = stamp_of(status);
    auto text = contents(path, fd, size);
    if (!text) return text;
    if (fstat(fd, &status) != 0) return cannot_read(path);
    if (stamp_of(status) == before && text->size() == size) return text;
  }
  return fail(path + " keeps changing while it is read");
}

}  // namespace

std::optional<FileStamp> stamp_of(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return stamp_of(status);
}

Result<std::optional<std::string>> read_small_file(const std::string& path, mode_t forbidden) {
  // O_NONBLOCK: a pipe would have us wait for its writer.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0 && errno == ENOENT) return std::optional<std::string>();
  if (file.get() < 0) return cannot_read(path);
  struct stat status{};
  if (fstat(file.get(), &status) != 0) return cannot_read(path);
  if (!S_ISREG(status.st_mode)) return fail(path + " is not a regular file");
  if ((status.st_mode & forbidden) != 0)
    return fail(fmt::format("others can {2} {0} (mode {1:04o}): chmod {3} {0}", path,
                            status.st_mode & 07777, (forbidden & 0444) != 0 ? "read" : "write",
                            (forbidden & 0444) != 0 ? "600" : "go-w", path));
  auto text = still_contents(path, file.get(), status);
  if (!text) return tl::unexpected(text.error());
  return *std::move(text);
}

bool is_stream(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return false;
  return S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode) || S_ISSOCK(status.st_mode);
}

Result<std::string> read_stream(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return cannot_read(path);
  std::string text;
  for (;;) {
    pollfd waiting{file.get(), POLLIN, 0};
    if (poll(&waiting, 1, kStreamSilenceMs) == 0)
      return fail(fmt::format("{}: nothing came for {} s", path, kStreamSilenceMs / 1000));
    std::array<char, 4096> bytes{};
    const ssize_t got = read(file.get(), bytes.data(), bytes.size());
    if (got < 0 && errno != EINTR && errno != EAGAIN) return cannot_read(path);
    if (got == 0) return text;
    if (got > 0) text.append(bytes.data(), static_cast<std::size_t>(got));
    if (text.size() > kSmallFileBytesMax)
      return fail(fmt::format("{} is larger than {} bytes", path, kSmallFileBytesMax));
  }
}

Result<std::string> read_named_file(const std::string& path) {
  if (is_stream(path)) return read_stream(path);
  auto text = read_small_file(path, 0);
  if (!text) return tl::unexpected(text.error());
  return *text ? Result<std::string>(**std::move(text)) : fail(path + " does not exist");
}

}  // namespace mandel
