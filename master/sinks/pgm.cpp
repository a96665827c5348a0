// Binary PGM (P5), the simplest picture format that most tools read: grey levels, the set in black.
#include <algorithm>
#include <fmt/format.h>
#include <vector>

#include "master/sinks/output_file.h"
#include "master/sinks/sink.h"

namespace mandel {
namespace {

class PgmSink final : public Sink {
 public:
  PgmSink(OutputFile file, std::uint32_t grey_max)
      : file_(std::move(file)), grey_max_(grey_max), is_wide_(grey_max > 255) {}

  Result<void> rows(std::span<const std::uint32_t> counts) override {
    bytes_.resize(counts.size() * (is_wide_ ? 2 : 1));
    std::byte* at = bytes_.data();
    for (const std::uint32_t count : counts) {
      const std::uint32_t grey = std::min(count, grey_max_);
      if (is_wide_) *at++ = static_cast<std::byte>(grey >> 8);  // big-endian, says PGM
      *at++ = static_cast<std::byte>(grey);
    }
    return file_.write(bytes_);
  }
  Result<void> finish() override { return file_.commit(); }

 private:
  OutputFile file_;
  const std::uint32_t grey_max_;
  const bool is_wide_;
  std::vector<std::byte> bytes_;
};

}  // namespace

Result<std::unique_ptr<Sink>> pgm_sink(const std::string& path, const PictureSize& size) {
  auto file = OutputFile::create(path);
  if (!file) return tl::unexpected(file.error());
  // Counts are below max_iter; a PGM's greatest level is 1 to 65535.
  const std::uint32_t grey_max =
      size.max_iter <= 1 ? 1 : std::min<std::uint32_t>(size.max_iter - 1, 65535);
  const std::string head = fmt::format("P5\n{} {}\n{}\n", size.columns, size.rows, grey_max);
  if (auto written = file->write(std::as_bytes(std::span(head))); !written)
    return tl::unexpected(written.error());
  return std::make_unique<PgmSink>(*std::move(file), grey_max);
}

}  // namespace mandel
