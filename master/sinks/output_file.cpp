// See output_file.h.
#include "master/sinks/output_file.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace mandel {
namespace {

// mkstemp() makes files that only their owner reads; a picture should have what umask allows.
void apply_umask(int fd) {
  const mode_t mask = umask(0);
  umask(mask);
  [[maybe_unused]] const int ignored = fchmod(fd, 0666 & ~mask);
}

}  // namespace

Result<OutputFile> OutputFile::create(const std::string& path) {
  const auto cannot = [&](int error) {
    return fail(fmt::format("can't write {}: {}", path, std::strerror(error)));
  };
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  if (std::filesystem::is_directory(status)) return cannot(EISDIR);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    std::FILE* stream = std::fopen(path.c_str(), "wb");
    if (stream == nullptr) return cannot(errno);
    return OutputFile(path, "", stream);
  }
  // Through a symbolic link, so that the link stays and its target is replaced.
  const auto target = std::filesystem::weakly_canonical(path, ignored);
  std::string final_path = target.empty() ? path : target.string();
  std::string temporary = final_path + ".XXXXXX";
  const int fd = mkstemp(temporary.data());
  if (fd < 0) return cannot(errno);
  apply_umask(fd);
  return OutputFile(std::move(final_path), std::move(temporary), fdopen(fd, "wb"));
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      stream_(std::exchange(other.stream_, nullptr)) {}

OutputFile::~OutputFile() {
  if (stream_ != nullptr) std::fclose(stream_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

tl::unexpected<Error> OutputFile::failure(int error) const {
  return fail(fmt::format("can't write {}: {}", path_, std::strerror(error)));
}

Result<void> OutputFile::write(std::span<const std::byte> bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), stream_) != bytes.size()) return failure(errno);
  return {};
}

Result<void> OutputFile::commit() {
  if (std::fclose(std::exchange(stream_, nullptr)) != 0) return failure(errno);
  if (temporary_.empty()) return {};
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) return failure(errno);
  temporary_.clear();
  return {};
}

}  // namespace mandel
