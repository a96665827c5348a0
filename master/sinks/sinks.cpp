// Which sink a path means, and the sink that is no file.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fmt/format.h>

#include "common/base/sha256.h"
#include "master/sinks/plain.h"

namespace mandel {
namespace {

class DigestSink final : public Sink {
 public:
  explicit DigestSink(std::string* digest) : digest_(digest) {}
  Result<void> rows(std::span<const std::uint32_t> counts) override {
    hash_.update(std::as_bytes(counts));
    return {};
  }
  Result<void> finish() override {
    *digest_ = hash_.finish();
    return {};
  }

 private:
  std::string* digest_;
  Sha256 hash_;
};

}  // namespace

std::string extension_of(const std::string& path) {
  std::string extension = std::filesystem::path(path).extension();
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension;
}

Result<void> check_extension(const std::string& path) {
  const std::string extension = extension_of(path);
  if (extension == ".png" || extension == ".pgm" || plain_format_of(path)) return {};
  return fail(fmt::format("can't tell the format of '{}': use .png, .npy, .raw or .pgm", path));
}

bool is_picture(const std::string& path) { return extension_of(path) == ".png"; }

std::unique_ptr<Sink> digest_sink(std::string* digest) {
  return std::make_unique<DigestSink>(digest);
}

Result<std::unique_ptr<Sink>> file_sink(const std::string& path, const PictureSize& size,
                                        const Style& style) {
  const std::string extension = extension_of(path);
  if (extension == ".png") return png_sink(path, size, style);
  if (const auto plain = plain_format_of(path)) return plain_sink(path, *plain, size);
  if (extension == ".pgm") return pgm_sink(path, size);
  return tl::unexpected(check_extension(path).error());
}

}  // namespace mandel
