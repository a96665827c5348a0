// PNG through libpng, row by row. libpng reports errors by longjmp, so every function that calls it
// sets its own jump target and holds nothing that would need a destructor.
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <png.h>
#include <string_view>
#include <vector>

#include "common/wire/job.h"
#include "master/sinks/output_file.h"
#include "master/sinks/sink.h"

namespace mandel {
namespace {

// Keeps libpng's words, which it would print to stderr, for our own error. The system has better
// ones for what fails most.
void keep_error(png_structp png, png_const_charp message) {
  const bool is_of_system = std::string_view(message) == "Write Error" && errno != 0;
  *static_cast<std::string*>(png_get_error_ptr(png)) =
      is_of_system ? std::strerror(errno) : message;
  png_longjmp(png, 1);
}

void ignore_warning(png_structp, png_const_charp) {}

class PngSink final : public Sink {
 public:
  PngSink(std::string path, OutputFile file, const PictureSize& size,
          std::shared_ptr<const Axes> axes, const ColourMap& colours)
      : path_(std::move(path)),
        file_(std::move(file)),
        size_(size),
        axes_(std::move(axes)),
        colours_(colours),
        ranks_(std::uint64_t{size.columns} * size.rows) {
    png_ = png_create_write_struct(PNG_LIBPNG_VER_STRING, &error_, keep_error, ignore_warning);
    MANDEL_ASSERT(png_ != nullptr);
    info_ = png_create_info_struct(png_);
    MANDEL_ASSERT(info_ != nullptr);
    row_.resize(std::size_t{3} * size.columns);
  }
  ~PngSink() override { png_destroy_write_struct(&png_, &info_); }

  Result<void> begin() {
    if (setjmp(png_jmpbuf(png_))) return failure();
    png_init_io(png_, file_.stream());
    png_set_user_limits(png_, kSideMax, kSideMax);
    png_set_IHDR(png_, info_, size_.columns, size_.rows, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png_, info_);
    return {};
  }

  bool looks_first() const override { return colours_.is_by_rank(); }
  void look(std::span<const std::uint32_t> counts) override { ranks_.add(counts); }

  Result<void> rows(std::span<const std::uint32_t> counts) override {
    if (looks_first() && next_row_ == 0) {
      ranks_.sort();
      colours_.learn(std::move(ranks_));
    }
    for (; !counts.empty(); counts = counts.subspan(size_.columns)) {
      colour_row(counts.first(size_.columns), axes_->ys[next_row_++]);
      if (!write_row()) return failure();
    }
    return {};
  }

  Result<void> finish() override {
    if (!write_end()) return failure();
    return file_.commit();
  }

 private:
  void colour_row(std::span<const std::uint32_t> counts, double y) {
    png_byte* at = row_.data();
    for (std::size_t k = 0; k < counts.size(); ++k) {
      const Rgb rgb = colours_.at(counts[k], axes_->xs[k], y);
      *at++ = rgb.red;
      *at++ = rgb.green;
      *at++ = rgb.blue;
    }
  }

  bool write_row() {
    if (setjmp(png_jmpbuf(png_))) return false;
    png_write_row(png_, row_.data());
    return true;
  }
  bool write_end() {
    if (setjmp(png_jmpbuf(png_))) return false;
    png_write_end(png_, info_);
    return true;
  }
  tl::unexpected<Error> failure() const {
    return fail(fmt::format("can't write {}: {}", path_, error_));
  }

  const std::string path_;
  OutputFile file_;
  const PictureSize size_;
  const std::shared_ptr<const Axes> axes_;
  ColourMap colours_;
  CountRanks ranks_;  // for the colours, which have them from the first row on
  std::size_t next_row_ = 0;
  std::string error_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::vector<png_byte> row_;
};

}  // namespace

Result<std::unique_ptr<Sink>> png_sink(const std::string& path, const PictureSize& size,
                                       std::shared_ptr<const Axes> axes, const ColourMap& colours) {
  auto file = OutputFile::create(path);
  if (!file) return tl::unexpected(file.error());
  auto sink = std::make_unique<PngSink>(path, *std::move(file), size, std::move(axes), colours);
  if (auto begun = sink->begin(); !begun) return tl::unexpected(begun.error());
  return sink;
}

}  // namespace mandel
