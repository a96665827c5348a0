// Other programs' palettes: what is read of them, what is refused and in which words.
#include "master/colours/palette_file.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "master/colours/palette.h"
#include "tests/unit/temp_folder.h"

namespace mandel {
namespace {

constexpr const char* kGimp =
    "GIMP Palette\r\nName: two\r\nColumns: 2\r\n# a comment\r\n  0   7 100\tdeep blue\r\n"
    "255 170   0\tUntitled 2\r\n";

std::string palette_error(const std::string& text) {
  const auto stops = read_palette(text);
  return stops ? "accepted" : stops.error().what;
}

TEST(PaletteFile, IsReadFromEachProgramsFile) {
  const std::vector<Rgb> two = {{0, 7, 100}, {255, 170, 0}};
  for (const std::string text :
       {kGimp, "GIMP Palette\nChannels: RGBA\n#\n0 7 100 255 Blue\n255 170 0 255 Gold",
        "0 7 100\n255 170 0\n", "  0   7 100  the set\n\n255 170 0 gold: 7\n", "#000764\n#ffaa00\n",
        "#000764,#ffaa00", "#000764, #FFAA00,\r\n", "000764\nffaa00\n",
        "\xef\xbb\xbf#000764\n#ffaa00"})
    EXPECT_EQ(read_palette(text), two) << text << "\n" << palette_error(text);
}

TEST(PaletteFile, WhatIsWrongIsSaidWithItsLine) {
  const auto says = [](const std::string& text, const std::string& words) {
    EXPECT_EQ(palette_error(text).substr(0, words.size()), words) << text;
  };
  says("0 0 0\n1 2x 3\n", "line 2: '1 2x 3': give three numbers from 0 to 255");
  says("0 0 0\n\n1 256 3\n", "line 3: '1 256 3': give");
  says("0 0 0\n-1 2 3\n", "line 2: '-1 2 3': give");
  says("0 0 0\n1 2", "line 2: '1 2': give");
  says("GIMP Palette\nName: x\n0 0 0\nName: y\n", "line 4: 'Name: y': give");
  says("GIMP Palette\n#\n#000764\n", "has no colours");
  says("#000764\n#ffaa0\n", "line 2: '#ffaa0' is no colour");
  says("#000764,,#ffaa00\n", "line 1: '' is no colour");
  says("#00076g\n", "line 1: '#00076g' is no colour");
  says("", "has no colours");
  says(" \n\n", "has no colours");
  says("\x89PNG\r\n", "is no palette");
  says(",", "is no palette");
  says(std::string("0 0 0\n0 \0 0\n", 12), "line 2: '0 ? 0': give");
}

TEST(PaletteFile, HasABound) {
  std::string text;
  for (std::size_t k = 0; k < kStopsMax; ++k) text += "1 2 3\n";
  EXPECT_EQ(read_palette(text)->size(), kStopsMax);
  EXPECT_EQ(palette_error(text + "1 2 3\n"), "line 1025: a palette has at most 1024 colours");
}

TEST(PaletteFile, IsNamedInErrors) {
  const TempFolder folder;
  const auto error_of_file = [](const std::string& path) {
    const auto stops = read_palette_file(path);
    return stops ? "accepted" : stops.error().what;
  };
  std::ofstream(folder.path("a.map")) << "0 0 0\n0 0\n";
  std::ofstream(folder.path("large")) << std::string(10'000'000, '\n');
  std::filesystem::create_directory(folder.path("folder"));
  EXPECT_EQ(error_of_file(folder.path("a.map")).find(folder.path("a.map") + ": line 2: "), 0u);
  EXPECT_NE(error_of_file(folder.path("large")).find(" is larger than "), std::string::npos);
  EXPECT_NE(error_of_file(folder.path("folder")).find(" is not a regular file"), std::string::npos);
  EXPECT_NE(error_of_file(folder.path("none")).find("none does not exist"), std::string::npos);
}

}  // namespace
}  // namespace mandel
