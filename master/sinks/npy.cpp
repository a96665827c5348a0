// NumPy's .npy format, which needs no library: a magic, a header padded to 64 bytes, the raw array.
// Format: numpy.lib.format, "A Simple File Format for NumPy Arrays", version 1.0.
#include <bit>
#include <fmt/format.h>

#include "master/sinks/output_file.h"
#include "master/sinks/sink.h"

namespace mandel {
namespace {

static_assert(std::endian::native == std::endian::little, "the header says '<u4'");

std::string header(const PictureSize& size) {
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

class NpySink final : public Sink {
 public:
  explicit NpySink(OutputFile file) : file_(std::move(file)) {}
  Result<void> rows(std::span<const std::uint32_t> counts) override {
    return file_.write(std::as_bytes(counts));
  }
  Result<void> finish() override { return file_.commit(); }

 private:
  OutputFile file_;
};

}  // namespace

Result<std::unique_ptr<Sink>> npy_sink(const std::string& path, const PictureSize& size) {
  auto file = OutputFile::create(path);
  if (!file) return tl::unexpected(file.error());
  const std::string head = header(size);
  if (auto written = file->write(std::as_bytes(std::span(head))); !written)
    return tl::unexpected(written.error());
  return std::make_unique<NpySink>(*std::move(file));
}

}  // namespace mandel
