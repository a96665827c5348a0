// See deep_zoom.h.
#include "master/sinks/deep_zoom.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <deque>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <limits>
#include <optional>
#include <unistd.h>
#include <utility>
#include <vector>

#include "common/base/hash_text.h"
#include "common/program/version.h"
#include "master/colours/painter.h"
#include "master/recipe/recipe.h"
#include "master/sinks/ordered_work.h"
#include "master/sinks/output_file.h"
#include "master/sinks/png_encoder.h"
#include "master/sinks/poster_folder.h"
#include "master/sinks/pyramid.h"
#include "master/sinks/tile_rows.h"
#include "master/sinks/viewer.h"

namespace mandel {
namespace {

namespace fs = std::filesystem;

// Of all levels, for views that are all detail; the whole set takes a tenth. Measured, averages of
// counts included: up to 0.8 and 1.7.
constexpr double kBytesPerPixelByLogarithm = 0.9;
constexpr double kBytesPerPixel = 1.8;
constexpr std::size_t kUnderWayMax = 64;       // tiles: 13 MB of pixels
constexpr std::uint64_t kBytesPerTile = 2048;  // half a block of the disk, where its last one ends

Pyramid pyramid_of(const PictureSize& size, std::uint32_t supersample) {
  return Pyramid({size.columns / supersample, size.rows / supersample});
}

double bytes_per_pixel(const Rendering& rendering) {
  return ColourMap::make(rendering)->is_by_logarithm() ? kBytesPerPixelByLogarithm : kBytesPerPixel;
}

std::string name_of(const PosterPaths& paths) { return fs::path(paths.dzi).stem(); }

std::string head_of(const std::string& path) {
  constexpr std::size_t kHead = 4096;
  std::ifstream file(path, std::ios::binary);
  std::string head(kHead, '\0');
  file.read(head.data(), kHead);
  head.resize(static_cast<std::size_t>(file.gcount()));
  return head;
}

Result<void> check_viewer(const PosterPaths& paths) {
  const std::string head = head_of(paths.viewer);
  std::error_code ignored;
  const bool is_there = fs::exists(fs::symlink_status(paths.viewer, ignored));
  if (!is_there || is_viewer_of(head, name_of(paths))) return {};
  return fail(fmt::format("{} is there already, and {}: give this poster a folder of its own",
                          paths.viewer,
                          is_viewer_page(head) ? "shows another poster" : "shows no poster"));
}

// Which pixels these are. Neither the colours nor, where axes are too coarse, the view are said in
// full: tiles that differ have other hashes.
std::string identity_of(const PictureSize& size, const Style& style) {
  const std::string text =
      fmt::format("{} {} {} {} {}", hash_text(std::as_bytes(std::span(style.axes->xs))),
                  hash_text(std::as_bytes(std::span(style.axes->ys))), size.max_iter,
                  style.supersample, kVersion);
  return hash_text(std::as_bytes(std::span(text)));
}

// The centres of an axis' first and last pixel; nothing if neighbours are as good as equal.
std::optional<std::pair<double, double>> ends_of(const std::vector<double>& axis,
                                                 std::uint32_t supersample) {
  const std::size_t used = axis.size() / supersample * supersample;
  const auto centre = [&](std::size_t at) { return (axis[at] + axis[at + supersample - 1]) / 2; };
  const std::pair ends(centre(0), centre(used - supersample));
  const double step = std::abs(axis[used - 1] - axis[0]) / static_cast<double>(used);
  const double most = std::max(std::abs(axis[0]), std::abs(axis[used - 1]));
  if (used > 1 && step < 4 * most * std::numeric_limits<double>::epsilon()) return std::nullopt;
  return ends;
}

std::optional<PosterPlane> plane_of(const Style& style) {
  const auto xs = ends_of(style.axes->xs, style.supersample);
  const auto ys = ends_of(style.axes->ys, style.supersample);
  if (!xs || !ys) return std::nullopt;
  return PosterPlane{xs->first, xs->second, ys->first, ys->second};
}

std::string dzi_text(Pyramid::Size size, const std::string& recipe) {
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<Image xmlns=\"http://schemas.microsoft.com/deepzoom/2008\" TileSize=\"{}\" Overlap=\"{}\" "
      "Format=\"png\">\n  <Size Width=\"{}\" Height=\"{}\"/>\n</Image>\n{}",
      Pyramid::kTileSide, Pyramid::kOverlap, size.columns, size.rows,
      recipe.empty() ? "" : recipe + "\n");
}

// Its bytes. Written in place: see poster_folder.h.
Result<std::uint64_t> write_tile(const std::string& path, std::span<const Rgb> pixels,
                                 std::uint32_t columns, PngEffort effort) {
  const std::string png = png_of(pixels, columns, {}, effort);
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  const bool is_written =
      file >= 0 && write(file, png.data(), png.size()) == static_cast<ssize_t>(png.size());
  const int error = errno;
  if (file >= 0) close(file);
  if (is_written) return png.size();
  return fail(fmt::format("can't write {}: {}", path, std::strerror(error)));
}

class DeepZoomSink final : public Sink {
 public:
  struct Files {
    OutputFile dzi;
    OutputFile viewer;
    PosterFolder folder;
  };

  DeepZoomSink(Files files, std::string name, const PictureSize& size, const Style& style)
      : files_(std::move(files)),
        name_(std::move(name)),
        style_(style),
        max_iter_(size.max_iter),
        pyramid_(pyramid_of(size, style.supersample)),
        painter_(style.axes, style.colours, style.supersample),
        ranks_(std::uint64_t{size.columns} * size.rows),
        counts_per_row_(std::size_t{size.columns} * style.supersample),
        pixels_(painter_.columns()),
        tile_rows_(pyramid_, [this](const TileRows::TileRow& row) { return take(row); }),
        work_(picture_threads()) {}

  bool looks_first() const override { return painter_.colours().is_by_rank(); }
  void look(std::span<const std::uint32_t> counts) override { ranks_.add(counts); }

  Result<void> rows(std::span<const std::uint32_t> counts) override {
    if (looks_first() && next_row_ == 0 && counts_.empty()) {
      ranks_.sort();
      painter_.colours().learn(std::move(ranks_));
    }
    while (!counts.empty()) {
      const auto part = counts.first(std::min(counts.size(), counts_per_row_ - counts_.size()));
      counts_.insert(counts_.end(), part.begin(), part.end());
      counts = counts.subspan(part.size());
      if (counts_.size() < counts_per_row_) break;
      painter_.paint(next_row_++, counts_, pixels_);
      counts_.clear();
      if (auto added = tile_rows_.add(pixels_); !added) return added;
    }
    return take_tiles(kUnderWayMax);
  }

  Result<void> finish() override {
    if (auto taken = take_tiles(0); !taken) return taken;
    if (auto whole = files_.folder.complete(); !whole) return whole;
    const auto picture = pyramid_.pixels(pyramid_.deepest());
    const std::string recipe = style_.recipe ? comment_of(style_.recipe()) : "";
    if (auto written = files_.dzi.deliver(dzi_text(picture, recipe)); !written) return written;
    return files_.viewer.deliver(viewer_page(name_, pyramid_, max_iter_, plane_of(style_), recipe));
  }

  void stop(bool may_go_on) override { files_.folder.stop(may_go_on); }

 private:
  // Of which tiles are under way.
  struct OpenRow {
    std::uint32_t level;
    std::uint32_t row;
    std::uint32_t tiles_left;
    std::uint64_t bytes;
    std::string hash;
  };

  Result<void> take(const TileRows::TileRow& row) {
    std::string hash = hash_text(std::as_bytes(row.pixels));
    if (files_.folder.has_row(row.level, row.row, hash)) return {};
    const std::uint32_t tiles = pyramid_.tiles(row.level).columns;
    open_rows_.push_back({row.level, row.row, tiles, 0, std::move(hash)});
    for (std::uint32_t column = 0; column < tiles; ++column) {
      give_tile(row, column);
      if (auto taken = take_tiles(kUnderWayMax - 1); !taken) return taken;
    }
    return {};
  }

  // A copy of its pixels, since those rows make room for others.
  void give_tile(const TileRows::TileRow& row, std::uint32_t column) {
    const std::uint32_t columns = pyramid_.pixels(row.level).columns;
    const auto covered = Pyramid::covered(column, columns);
    std::vector<Rgb> pixels;
    pixels.reserve(row.pixels.size() / columns * covered.count);
    for (auto rest = row.pixels; !rest.empty(); rest = rest.subspan(columns)) {
      const auto part = rest.subspan(covered.first, covered.count);
      pixels.insert(pixels.end(), part.begin(), part.end());
    }
    work_.give([path = files_.folder.tile(row.level, column, row.row), pixels = std::move(pixels),
                width = covered.count,
                effort = style_.effort] { return write_tile(path, pixels, width, effort); });
  }

  // Those that are written, in the order in which they were given; waits until no more than so many
  // are under way.
  Result<void> take_tiles(std::size_t most) {
    while (work_.is_ready() || work_.under_way() > most)
      if (auto taken = take_tile(); !taken) return taken;
    return {};
  }
  Result<void> take_tile() {
    const auto bytes = work_.take();
    if (!bytes) return tl::unexpected(bytes.error());
    OpenRow& row = open_rows_.front();
    row.bytes += *bytes;
    if (--row.tiles_left > 0) return {};
    const OpenRow whole = std::move(row);
    open_rows_.pop_front();
    return files_.folder.add_row(whole.level, whole.row, whole.bytes, whole.hash);
  }

  Files files_;
  const std::string name_;
  const Style style_;
  const std::uint32_t max_iter_;
  const Pyramid pyramid_;
  Painter painter_;
  CountRanks ranks_;                  // for the colours, which have them from the first row on
  const std::size_t counts_per_row_;  // of pixels
  std::vector<std::uint32_t> counts_;
  std::vector<Rgb> pixels_;  // a row
  std::uint32_t next_row_ = 0;
  TileRows tile_rows_;
  std::deque<OpenRow> open_rows_;
  OrderedWork<Result<std::uint64_t>> work_;
};

}  // namespace

bool is_poster(const std::string& path) { return extension_of(path) == ".dzi"; }

Result<void> check_poster(const std::string& path) {
  if (!is_regular_target(path))
    return fail(fmt::format("{} is no regular file, and a poster is a folder beside one", path));
  const PosterPaths paths = poster_paths(path);
  if (auto checked = PosterFolder::check(paths); !checked) return checked;
  return check_viewer(paths);
}

std::vector<FileRole> poster_roles(const std::string& path) {
  const PosterPaths paths = poster_paths(path);
  return {{"the tiles of --output", paths.folder},
          {"the tiles so far,", paths.part},
          {"the page that shows --output " + path + ",", paths.viewer}};
}

bool is_within_poster(const std::string& path, const std::string& file) {
  const PosterPaths paths = poster_paths(path);
  const std::string target = target_of(file);
  return target.starts_with(paths.folder + "/") || target.starts_with(paths.part + "/");
}

PosterNeeds poster_needs(const std::string& path, const PictureSize& size,
                         const Rendering& rendering) {
  const PosterPaths paths = poster_paths(path);
  const Pyramid pyramid = pyramid_of(size, rendering.supersample);
  const auto pixels = static_cast<double>(pyramid.pixels_of_all());
  return {.tiles = pyramid.tiles_of_all(),
          .bytes = static_cast<std::uint64_t>(bytes_per_pixel(rendering) * pixels) +
                   pyramid.tiles_of_all() * kBytesPerTile,
          .bytes_there = PosterFolder::bytes_in_part(paths),
          .folder = fs::path(paths.dzi).parent_path()};
}

Result<std::unique_ptr<Sink>> deep_zoom_sink(const std::string& path, const PictureSize& size,
                                             const Style& style) {
  if (auto checked = check_poster(path); !checked) return tl::unexpected(checked.error());
  const PosterPaths paths = poster_paths(path);
  auto dzi = OutputFile::create(path);
  if (!dzi) return tl::unexpected(dzi.error());
  auto viewer = OutputFile::create(paths.viewer);
  if (!viewer) return tl::unexpected(viewer.error());
  auto folder =
      PosterFolder::open(paths, identity_of(size, style), pyramid_of(size, style.supersample));
  if (!folder) return tl::unexpected(folder.error());
  return std::make_unique<DeepZoomSink>(
      DeepZoomSink::Files{*std::move(dzi), *std::move(viewer), *std::move(folder)}, name_of(paths),
      size, style);
}

}  // namespace mandel
