// See plain.h.
#include "master/sinks/plain.h"

#include <bit>
#include <fmt/format.h>

#include "master/sinks/output_file.h"

namespace mandel {
namespace {

static_assert(std::endian::native == std::endian::little, "the header says '<u4'");

std::string npy_header(const PictureSize& size) {
  const std::string dictionary = fmt::format(
      "{{'descr': '<u4', 'fortran_order': False, 'shape': ({}, {}), }}", size.rows, size.columns);
  constexpr std::size_t kPrefix = 10;  // magic, version, length
  const std::size_t total = (kPrefix + dictionary.size() + 1 + 63) / 64 * 64;
  const std::size_t length = total - kPrefix;
  std::string text = "\x93NUMPY";
  text += '\1';
  text += '\0';
  text += static_cast<char>(length & 0xff);
  text += static_cast<char>(length >> 8);
  text += dictionary;
  text.append(total - text.size() - 1, ' ');
  text += '\n';
  return text;
}

class PlainSink final : public Sink {
 public:
  explicit PlainSink(OutputFile file) : file_(std::move(file)) {}
  Result<void> rows(std::span<const std::uint32_t> counts) override {
    return file_.write(std::as_bytes(counts));
  }
  Result<void> finish() override { return file_.commit(); }

 private:
  OutputFile file_;
};

}  // namespace

std::optional<PlainFormat> plain_format_of(const std::string& path) {
  const std::string extension = extension_of(path);
  if (extension == ".npy") return PlainFormat::kNpy;
  if (extension == ".raw") return PlainFormat::kRaw;
  return std::nullopt;
}

std::string plain_header(PlainFormat format, const PictureSize& size) {
  return format == PlainFormat::kNpy ? npy_header(size) : "";
}

Result<std::unique_ptr<Sink>> plain_sink(const std::string& path, PlainFormat format,
                                         const PictureSize& size) {
  auto file = OutputFile::create(path);
  if (!file) return tl::unexpected(file.error());
  const std::string head = plain_header(format, size);
  if (auto written = file->write(std::as_bytes(std::span(head))); !written)
    return tl::unexpected(written.error());
  return std::make_unique<PlainSink>(*std::move(file));
}

}  // namespace mandel
