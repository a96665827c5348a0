// Posters: their files, and what a sink that comes later has not to do again.
#include "master/sinks/deep_zoom.h"

#include <gtest/gtest.h>
#include <numeric>

#include "master/colours/painter.h"
#include "master/sinks/viewer.h"
#include "tests/unit/master/sinks/read_png.h"
#include "tests/unit/temp_folder.h"

namespace mandel {
namespace {

namespace fs = std::filesystem;

// Of counts: three columns and four rows of tiles.
constexpr PictureSize kPosterSize = {520, 900, 1000};

std::shared_ptr<const Axes> poster_axes(const PictureSize& size, double step = 0.001) {
  Axes axes{std::vector<double>(size.columns), std::vector<double>(size.rows)};
  for (std::size_t k = 0; k < axes.xs.size(); ++k) axes.xs[k] = -0.75 + step * double(k);
  for (std::size_t k = 0; k < axes.ys.size(); ++k) axes.ys[k] = 0.5 - step * double(k);
  return std::make_shared<const Axes>(std::move(axes));
}

Style poster_style(const char* colours = "fire", std::uint32_t supersample = 1) {
  return {.axes = poster_axes(kPosterSize),
          .colours = *ColourMap::make({.map = colours}),
          .supersample = supersample};
}

std::vector<std::uint32_t> poster_counts() {
  std::vector<std::uint32_t> counts(std::size_t{kPosterSize.columns} * kPosterSize.rows);
  for (std::size_t k = 0; k < counts.size(); ++k) counts[k] = k % 7919 * (k / 520) % 997;
  return counts;
}

class DeepZoom : public testing::Test {
 protected:
  std::unique_ptr<Sink> sink(const Style& style) const {
    auto sink = file_sink(folder_.path("p.dzi"), kPosterSize, style);
    if (!sink) ADD_FAILURE() << sink.error().what;
    return *std::move(sink);
  }
  // In bands of rows that fit nothing.
  static void feed(Sink& sink, std::span<const std::uint32_t> counts) {
    if (sink.looks_first()) sink.look(counts);
    while (!counts.empty()) {
      const auto band =
          counts.first(std::min<std::size_t>(counts.size(), 37 * kPosterSize.columns));
      ASSERT_TRUE(sink.rows(band));
      counts = counts.subspan(band.size());
    }
  }
  static std::span<const std::uint32_t> rows(std::span<const std::uint32_t> counts,
                                             std::uint32_t rows) {
    return counts.first(std::size_t{rows} * kPosterSize.columns);
  }
  // As one that is killed once its first row of tiles is written.
  void leave_first_row(Sink& sink) const {
    const std::string rows = folder_.path("p_files.part/mandel-poster.txt");
    while (bytes_of(rows).find("\n10 0 ") == std::string::npos) ASSERT_TRUE(sink.rows({}));
    sink.stop(true);
  }
  void make(const Style& style) const {
    const auto all = poster_counts();
    const auto made = sink(style);
    ASSERT_NO_FATAL_FAILURE(feed(*made, all));
    ASSERT_TRUE(made->finish());
  }
  std::string tile(const std::string& name, const std::string& folder = "p_files") const {
    return folder_.path(folder + "/" + name + ".png");
  }
  Rgb pixel(const std::string& name, std::uint32_t column, std::uint32_t row) const {
    const ReadPng png = read_png(bytes_of(tile(name)));
    return png.pixels.at(std::size_t{row} * png.columns + column);
  }

  const TempFolder folder_;
};

TEST_F(DeepZoom, TheDeepestLevelIsThePainters) {
  for (const auto& [colours, supersample] :
       {std::pair("fire", 1u), std::pair("ultra:rank", 1u), std::pair("ocean", 2u)}) {
    const Style style = poster_style(colours, supersample);
    ASSERT_NO_FATAL_FAILURE(make(style));
    Painter painter(style.axes, style.colours, supersample);
    const auto counts = poster_counts();
    if (painter.colours().is_by_rank()) {
      CountRanks ranks(counts.size());
      ranks.add(counts);
      ranks.sort();
      painter.colours().learn(std::move(ranks));
    }
    std::vector<Rgb> row(painter.columns());
    const std::size_t per_row = std::size_t{kPosterSize.columns} * supersample;
    painter.paint(300, std::span(counts).subspan(300 * per_row, per_row), row);
    const std::string level = supersample == 1 ? "10" : "9";
    EXPECT_EQ(pixel(level + "/1_1", 0, 45), row[255]) << colours;
    EXPECT_EQ(pixel(level + "/0_1", 256, 45), row[256]) << colours << ", the overlap";
    EXPECT_EQ(read_png(bytes_of(tile("0/0_0"))).pixels.size(), 1u);
  }
}

TEST_F(DeepZoom, ItsFilesSayWhatTheyAre) {
  make(poster_style());
  EXPECT_EQ(bytes_of(folder_.path("p.dzi")),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<Image xmlns=\"http://schemas.microsoft.com/deepzoom/2008\" TileSize=\"256\" "
            "Overlap=\"1\" Format=\"png\">\n  <Size Width=\"520\" Height=\"900\"/>\n</Image>\n");
  EXPECT_TRUE(is_viewer_of(bytes_of(folder_.path("index.html")), "p"));
  EXPECT_EQ(folder_.count(), 3);
}

TEST_F(DeepZoom, ItsFilesSayHowItWasMade) {
  Style style = poster_style();
  style.recipe = [] { return R"({"re":"-1--2"})"; };
  make(style);
  const std::string comment = R"(<!-- recipe {"re":"\u002d1\u002d\u002d2"} -->)";
  EXPECT_TRUE(bytes_of(folder_.path("p.dzi")).ends_with("</Image>\n" + comment + "\n"));
  EXPECT_NE(bytes_of(folder_.path("index.html")).find(comment), std::string::npos);
}

TEST_F(DeepZoom, RowsOfTilesThatAreThereAreNotMadeAgain) {
  const auto all = poster_counts();
  {
    const auto killed = sink(poster_style());
    feed(*killed, rows(all, 600));
    leave_first_row(*killed);
  }
  // Bytes that nobody would write.
  const std::string kept = tile("10/0_0", "p_files.part");
  write_bytes(kept, std::string(fs::file_size(kept), 'x'));
  ASSERT_NO_FATAL_FAILURE(make(poster_style()));
  EXPECT_EQ(bytes_of(tile("10/0_0"))[0], 'x');
  EXPECT_EQ(read_png(bytes_of(tile("10/0_3"))).rows, 133u);
}

TEST_F(DeepZoom, RowsOfOtherPixelsAreMadeAgain) {
  const auto all = poster_counts();
  {
    const auto killed = sink(poster_style("ocean"));
    feed(*killed, rows(all, 600));
    leave_first_row(*killed);
  }
  make(poster_style("fire"));
  Painter painter(poster_style().axes, poster_style().colours, 1);
  std::vector<Rgb> row(kPosterSize.columns);
  painter.paint(100, rows(all, 101).last(kPosterSize.columns), row);
  EXPECT_EQ(pixel("10/0_0", 5, 100), row[5]);
}

TEST_F(DeepZoom, WithoutItsEndNothingStays) {
  feed(*sink(poster_style()), rows(poster_counts(), 600));
  EXPECT_EQ(folder_.count(), 0);
}

TEST_F(DeepZoom, IsRefusedWhereSomethingElseStands) {
  const std::string path = folder_.path("p.dzi");
  EXPECT_TRUE(check_poster(path));
  write_bytes(folder_.path("index.html"), "<!DOCTYPE html>");
  EXPECT_NE(check_poster(path).error().what.find("shows no poster"), std::string::npos);
  write_bytes(folder_.path("index.html"), viewer_page("other", Pyramid({9, 9}), 9, {}));
  EXPECT_NE(check_poster(path).error().what.find("shows another poster"), std::string::npos);
  write_bytes(folder_.path("index.html"), viewer_page("p", Pyramid({9, 9}), 9, {}));
  EXPECT_TRUE(check_poster(path));
}

TEST_F(DeepZoom, WhatItNeedsIsEstimated) {
  const PosterNeeds needs = poster_needs(folder_.path("p.dzi"), {100'000, 100'000, 1000}, {});
  EXPECT_GT(needs.tiles, 200'000u);
  EXPECT_GT(needs.bytes, 1'000'000'000u);
  EXPECT_EQ(needs.folder, folder_.path());
  for (const char* uneven : {"ultra:rank", "ultra:period", "tutorial"})
    EXPECT_GT(poster_needs(folder_.path("p.dzi"), {100'000, 100'000, 1000}, {.map = uneven}).bytes,
              needs.bytes * 3 / 2)
        << uneven;
  EXPECT_EQ(poster_needs(folder_.path("p.dzi"), {100'000, 100'000, 1000}, {.supersample = 4}).tiles,
            poster_needs(folder_.path("p.dzi"), {25'000, 25'000, 1000}, {}).tiles);
}

TEST(Viewer, ANameIsATextWhateverIsInIt) {
  const std::string name = "</script><b a=\"1\"> %";
  const std::string page = viewer_page(name, Pyramid({1300, 900}), 300, PosterPlane{-2, 1, 1, -1});
  EXPECT_TRUE(is_viewer_of(page.substr(0, 4096), name));
  EXPECT_FALSE(is_viewer_of(page, "b"));
  EXPECT_EQ(page.find("<b a"), std::string::npos);
  EXPECT_NE(page.find(R"("columns":1300,"rows":900,"deepest":11,"tile":256,"overlap":1,)"
                      R"("x":[-2.0,1.0],"y":[1.0,-1.0]})"),
            std::string::npos)
      << page;
  EXPECT_EQ(page.find("<!--"), std::string::npos) << "a mark is left";
}

TEST(Viewer, APlaneIsShownOnlyWhereDoublesTellItsPixelsApart) {
  const TempFolder folder;
  for (const auto& [step, is_shown] : {std::pair(1e-10, true), std::pair(1e-17, false)}) {
    const PictureSize size = {4, 4, 10};
    const auto sink =
        file_sink(folder.path("p.dzi"), size,
                  {.axes = poster_axes(size, step), .colours = *ColourMap::make({.map = "fire"})});
    ASSERT_TRUE(sink);
    ASSERT_TRUE((*sink)->rows(std::vector<std::uint32_t>(16)));
    ASSERT_TRUE((*sink)->finish());
    EXPECT_EQ(bytes_of(folder.path("index.html")).find("\"x\":[") != std::string::npos, is_shown);
  }
}

}  // namespace
}  // namespace mandel
