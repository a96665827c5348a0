// Which sink a path means, and the sink that is no file.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fmt/format.h>
#include <numeric>

#include "common/base/sha256.h"
#include "master/sinks/deep_zoom.h"
#include "master/sinks/output_file.h"
#include "master/sinks/plain.h"

namespace mandel {
namespace {

class DigestSink final : public Sink {
 public:
  DigestSink(std::shared_ptr<CountsDigest> digest, std::string expected)
      : digest_(std::move(digest)), expected_(std::move(expected)) {}
  Result<void> rows(std::span<const std::uint32_t> counts) override {
    // In pieces, which are still in a cache when they are read again.
    constexpr std::size_t kPiece = 1 << 13;
    for (std::size_t at = 0; at < counts.size(); at += kPiece) {
      const auto piece = counts.subspan(at, std::min(kPiece, counts.size() - at));
      digest_->sum = std::accumulate(piece.begin(), piece.end(), digest_->sum);
      hash_.update(std::as_bytes(piece));
    }
    return {};
  }
  Result<void> finish() override {
    digest_->sha256 = hash_.finish();
    if (expected_.empty() || expected_ == digest_->sha256) return {};
    return fail(fmt::format("the counts' SHA-256 is {}, not {}", digest_->sha256, expected_));
  }

 private:
  const std::shared_ptr<CountsDigest> digest_;
  const std::string expected_;
  Sha256 hash_;
};

class TextSink final : public Sink {
 public:
  TextSink(OutputFile file, std::function<std::string()> text)
      : file_(std::move(file)), text_(std::move(text)) {}
  Result<void> rows(std::span<const std::uint32_t>) override { return {}; }
  Result<void> finish() override { return file_.deliver(text_() + "\n"); }

 private:
  OutputFile file_;
  const std::function<std::string()> text_;
};

}  // namespace

Style style_of(const Rendering& rendering, std::shared_ptr<const Axes> axes,
               std::function<std::string()> recipe) {
  return {.axes = std::move(axes),
          .colours = *ColourMap::make(rendering),
          .supersample = rendering.supersample,
          .effort = rendering.is_smallest ? PngEffort::kSmall : PngEffort::kFast,
          .recipe = std::move(recipe)};
}

std::string extension_of(const std::string& path) {
  std::string extension = std::filesystem::path(path).extension();
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension;
}

Result<void> check_extension(const std::string& path) {
  const std::string extension = extension_of(path);
  if (extension == ".png" || extension == ".pgm" || is_poster(path) || plain_format_of(path))
    return {};
  return fail(
      fmt::format("can't tell the format of '{}': use .png, .npy, .raw, .pgm or .dzi", path));
}

bool is_picture(const std::string& path) { return extension_of(path) == ".png" || is_poster(path); }

std::unique_ptr<Sink> digest_sink(std::shared_ptr<CountsDigest> digest, std::string expected) {
  return std::make_unique<DigestSink>(std::move(digest), std::move(expected));
}

Result<std::unique_ptr<Sink>> text_sink(const std::string& path,
                                        std::function<std::string()> text) {
  auto file = OutputFile::create(path);
  if (!file) return tl::unexpected(file.error());
  return std::make_unique<TextSink>(*std::move(file), std::move(text));
}

Result<std::unique_ptr<Sink>> file_sink(const std::string& path, const PictureSize& size,
                                        const Style& style) {
  const std::string extension = extension_of(path);
  if (extension == ".png") return png_sink(path, size, style);
  if (const auto plain = plain_format_of(path)) return plain_sink(path, *plain, size);
  if (is_poster(path)) return deep_zoom_sink(path, size, style);
  if (extension == ".pgm") return pgm_sink(path, size);
  return tl::unexpected(check_extension(path).error());
}

}  // namespace mandel
