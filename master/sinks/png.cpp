// The sink of a PNG: counts are gathered into bands of rows, several threads colour and deflate
// them, and they go to the file in order. A band's height depends on the picture only, so that
// equal pictures are equal files, however the counts came.
#include <algorithm>
#include <vector>

#include "common/program/lanes.h"
#include "master/colours/painter.h"
#include "master/recipe/recipe.h"
#include "master/sinks/ordered_work.h"
#include "master/sinks/output_file.h"
#include "master/sinks/png_encoder.h"
#include "master/sinks/sink.h"

namespace mandel {
namespace {

constexpr unsigned kThreadsMax = 8;
constexpr std::size_t kBandBytes = 4 << 20;                    // of pixels
constexpr std::size_t kBandCountBytes = 8 << 20;               // and of their counts
constexpr std::size_t kUnderWayBytes = std::size_t{64} << 20;  // of counts, in all threads

// Rows of pixels.
std::uint32_t band_rows(const Painter& painter, std::size_t counts_per_row) {
  const std::size_t by_pixels = kBandBytes / (painter.columns() * sizeof(Rgb));
  const std::size_t by_counts = kBandCountBytes / (counts_per_row * sizeof(std::uint32_t));
  return static_cast<std::uint32_t>(
      std::clamp<std::size_t>(std::min(by_pixels, by_counts), 1, painter.rows()));
}

// None where pixels are averages.
PngPalette palette_of(const Style& style, std::uint32_t max_iter) {
  auto few = style.supersample == 1 ? style.colours.all_colours(max_iter) : std::nullopt;
  return few ? PngPalette(*std::move(few)) : PngPalette();
}

class PngSink final : public Sink {
 public:
  PngSink(OutputFile file, const PictureSize& size, const Style& style)
      : file_(std::move(file)),
        painter_(style.axes, style.colours, style.supersample),
        ranks_(std::uint64_t{size.columns} * size.rows),
        palette_(palette_of(style, size.max_iter)),
        effort_(style.effort),
        recipe_(style.recipe),
        counts_per_row_(std::size_t{size.columns} * style.supersample),
        band_rows_(band_rows(painter_, counts_per_row_)),
        under_way_max_(std::clamp<std::size_t>(
            kUnderWayBytes / (band_rows_ * counts_per_row_ * sizeof(std::uint32_t)), 2,
            2 * kThreadsMax)),
        work_(std::min(picture_threads(), (painter_.rows() + band_rows_ - 1) / band_rows_)) {}

  Result<void> begin() {
    return write(PngFile::head(painter_.columns(), painter_.rows(), palette_));
  }

  bool looks_first() const override { return painter_.colours().is_by_rank(); }
  void look(std::span<const std::uint32_t> counts) override { ranks_.add(counts); }

  Result<void> rows(std::span<const std::uint32_t> counts) override {
    if (looks_first() && !has_begun_) {
      ranks_.sort();
      painter_.colours().learn(std::move(ranks_));
    }
    has_begun_ = true;
    const std::size_t whole = band_rows_ * counts_per_row_;
    while (!counts.empty()) {
      band_.reserve(whole);
      const auto part = counts.first(std::min(counts.size(), whole - band_.size()));
      band_.insert(band_.end(), part.begin(), part.end());
      counts = counts.subspan(part.size());
      if (band_.size() < whole) break;
      if (auto given = give_band(); !given) return given;
    }
    return {};
  }

  Result<void> finish() override {
    if (auto given = give_band(); !given) return given;
    while (work_.under_way() > 0)
      if (auto written = write_next(); !written) return written;
    std::string rest = png_.idat_end();
    if (recipe_) rest += PngFile::text(kRecipeKeyword, recipe_());
    if (auto written = write(rest += PngFile::end()); !written) return written;
    return file_.commit();
  }

 private:
  Result<void> give_band() {
    const auto rows = static_cast<std::uint32_t>(band_.size() / counts_per_row_);
    if (rows > 0)
      work_.give(
          [this, first = next_row_, counts = std::move(band_)] { return piece(first, counts); });
    next_row_ += rows;
    band_ = {};
    while (work_.is_ready() || work_.under_way() >= under_way_max_)
      if (auto written = write_next(); !written) return written;
    return {};
  }

  // In a thread of its own.
  PngPiece piece(std::uint32_t first_row, std::span<const std::uint32_t> counts) const {
    const auto paint = [&](std::uint32_t row, std::span<Rgb> pixels) {
      painter_.paint(first_row + row, counts.subspan(row * counts_per_row_, counts_per_row_),
                     pixels);
    };
    const auto rows = static_cast<std::uint32_t>(counts.size() / counts_per_row_);
    return png_piece(painter_.columns(), rows, paint, palette_, effort_);
  }

  Result<void> write_next() { return write(png_.idat(work_.take())); }
  Result<void> write(const std::string& bytes) {
    return file_.write(std::as_bytes(std::span(bytes)));
  }

  OutputFile file_;
  Painter painter_;
  CountRanks ranks_;  // for the colours, which have them from the first row on
  const PngPalette palette_;
  const PngEffort effort_;
  const std::function<std::string()> recipe_;
  const std::size_t counts_per_row_;  // of pixels
  const std::uint32_t band_rows_;
  const std::size_t under_way_max_;
  std::vector<std::uint32_t> band_;
  std::uint32_t next_row_ = 0;
  bool has_begun_ = false;
  PngFile png_;
  OrderedWork<PngPiece> work_;  // the last: its threads use all of the above
};

}  // namespace

unsigned picture_threads() { return std::min(usable_cpus(), kThreadsMax); }

Result<std::unique_ptr<Sink>> png_sink(const std::string& path, const PictureSize& size,
                                       const Style& style) {
  auto file = OutputFile::create(path);
  if (!file) return tl::unexpected(file.error());
  auto sink = std::make_unique<PngSink>(*std::move(file), size, style);
  if (auto begun = sink->begin(); !begun) return tl::unexpected(begun.error());
  return sink;
}

}  // namespace mandel
