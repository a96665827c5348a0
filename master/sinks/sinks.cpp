// Which sink a path means, and the sink that is no file.
#include <filesystem>
#include <fmt/format.h>

#include "common/sha256.h"
#include "master/sinks/sink.h"

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

std::unique_ptr<Sink> digest_sink(std::string* digest) {
  return std::make_unique<DigestSink>(digest);
}

Result<std::unique_ptr<Sink>> file_sink(const std::string& path, const PictureSize& size,
                                        std::shared_ptr<const Axes> axes,
                                        const ColourMap& colours) {
  const std::string extension = std::filesystem::path(path).extension();
  if (extension == ".png") return png_sink(path, size, std::move(axes), colours);
  if (extension == ".npy") return npy_sink(path, size);
  if (extension == ".pgm") return pgm_sink(path, size);
  return fail(fmt::format("can't tell the format of '{}': use .png, .npy or .pgm", path));
}

}  // namespace mandel
