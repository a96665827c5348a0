// See output_file.h.
#include "master/sinks/output_file.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <stdio_ext.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace mandel {
namespace {

constexpr const char* kOwnFiles = "/proc/self/fd";

// mkstemp() makes files that only their owner reads; a picture should have what umask allows.
void apply_umask(int fd) {
  const mode_t mask = umask(0);
  umask(mask);
  [[maybe_unused]] const int ignored = fchmod(fd, 0666 & ~mask);
}

// A file without a name in the folder of `path`, which can be linked to one; -1 if that can't be.
int open_unnamed(const std::string& path) {
  if (access(kOwnFiles, X_OK) != 0) return -1;
  const std::string folder = std::filesystem::path(path).parent_path();
  return open(folder.empty() ? "." : folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
}

}  // namespace

bool is_regular_target(const std::string& path) {
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  return !std::filesystem::exists(status) || std::filesystem::is_regular_file(status);
}

// weakly_canonical() by itself would stop at a link to a file that is not there yet.
std::string target_of(const std::string& path) {
  constexpr int kLinksMax = 40;  // as the system has it
  std::error_code error;
  std::filesystem::path target = path;
  for (int links = 0; links < kLinksMax; ++links) {
    const auto next = std::filesystem::read_symlink(target, error);
    if (error) break;
    target = target.parent_path() / next;
  }
  target = std::filesystem::weakly_canonical(target, error);
  return target.empty() ? path : target.string();
}

Result<OutputFile> OutputFile::create(const std::string& path) {
  const auto cannot = [&](int error) {
    return fail(fmt::format("can't write {}: {}", path, std::strerror(error)));
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return cannot(EISDIR);
  if (!is_regular_target(path)) {
    std::FILE* stream = std::fopen(path.c_str(), "wb");
    if (stream == nullptr) return cannot(errno);
    return OutputFile(path, "", false, stream);
  }
  std::string final_path = target_of(path);
  if (const int unnamed = open_unnamed(final_path); unnamed >= 0)
    return OutputFile(std::move(final_path), "", true, fdopen(unnamed, "wb"));
  std::string temporary = final_path + ".XXXXXX";
  const int fd = mkstemp(temporary.data());
  if (fd < 0) return cannot(errno);
  apply_umask(fd);
  return OutputFile(std::move(final_path), std::move(temporary), false, fdopen(fd, "wb"));
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      is_unnamed_(other.is_unnamed_),
      stream_(std::exchange(other.stream_, nullptr)) {}

// What is left in the buffer goes nowhere: a pipe that nobody reads would hold us up for ever.
OutputFile::~OutputFile() {
  if (stream_ != nullptr) {
    __fpurge(stream_);
    std::fclose(stream_);
  }
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

tl::unexpected<Error> OutputFile::failure(int error) const {
  return fail(fmt::format("can't write {}: {}", path_, std::strerror(error)));
}

Result<void> OutputFile::write(std::span<const std::byte> bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), stream_) != bytes.size()) return failure(errno);
  return {};
}

Result<void> OutputFile::deliver(std::string_view text) {
  auto written = write(std::as_bytes(std::span(text)));
  return written ? commit() : written;
}

// Under its own name, or where that is taken under another one: a link can't replace a file, as a
// rename can.
bool OutputFile::give_name() {
  const std::string self = fmt::format("{}/{}", kOwnFiles, fileno(stream_));
  const auto link_to = [&](const std::string& name) {
    return linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
  };
  if (link_to(path_)) return true;
  std::string name = fmt::format("{}.{}", path_, getpid());
  if (errno != EEXIST || !link_to(name)) return false;
  temporary_ = std::move(name);
  return true;
}

Result<void> OutputFile::commit() {
  if (std::fflush(stream_) != 0) return failure(errno);
  if (is_unnamed_ && !give_name()) return failure(errno);
  if (std::fclose(std::exchange(stream_, nullptr)) != 0) return failure(errno);
  if (temporary_.empty()) return {};
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) return failure(errno);
  temporary_.clear();
  return {};
}

}  // namespace mandel
