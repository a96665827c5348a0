// Other programs' location files: what is read of them, what is refused and in which words, and
// that what we write comes back as the same view.
#include <fstream>
#include <gtest/gtest.h>
#include <string>

#include "master/cli/view_option.h"
#include "master/places/read_location.h"
#include "master/places/write_location.h"
#include "tests/unit/temp_folder.h"

namespace mandel {
namespace {

constexpr const char* kKfrText =
    "Re: -1.479815776132473260722984525\r\nIm: -0.00063911193261361727152\r\n"
    "Zoom: 5.0E113\r\nIterations: 200000\r\nIterDiv: 0.1\r\nColors: 0,0,0,255,255,255,\r\n"
    "Power: 2\r\nFractalType: 0\r\nimag: 1\r\nreal: 1\r\nSeedR: 0\r\nSeedI: 0\r\n"
    "RotateAngle: -0\r\nStretchAmount: 0\r\nGLSL: vec3 a = b;\\nRe: 7\r\n";
// Its numbers are broken into lines of 70.
constexpr const char* kFraktalerText =
    "program = \"fraktaler-3\"\nversion = \"1\"\n"
    "location.real = \"\"\"\n-1.4798157761324732\\\n60722984525\\\n\"\"\"\n"
    "location.imag = \"-0.00063911193261361727152\"\nlocation.zoom = \"5e113\"\n"
    "reference.period = 12\nbailout.iterations = 200000\nbailout.escape_radius = 625.0\n"
    "image.width = 1024\n[[formula]]\npower = 2\n[colour]\nshader = \"\"\"\nlocation = "
    "3;\n\"\"\"\n";
constexpr const char* kRustFractalText =
    "# a place\nreal = \"-1.479815776132473260722984525\"\nimag = \"-6.3911193261361727152E-4\"\n"
    "palette = [ 1, 2,\n 3, [4],\n 5]\nrotate = 0\nzoom = \"5E113\"\niterations = 200000";
constexpr const char* kDeepDrillText =
    "# a place\n[main]\nname = x\n[Location]\nreal = -1.479815776132473260722984525\n\n"
    "imag = -0.00063911193261361727152 # up\nzoom = 5e113\ndepth = 200000\n";

std::string error_of(std::string_view text) {
  const auto location = read_location(text);
  return location ? "accepted" : location.error().what;
}

std::string with(std::string text, const std::string& old, const std::string& replacement) {
  const std::size_t at = text.find(old);
  EXPECT_NE(at, text.npos) << old;
  return text.replace(at, old.size(), replacement);
}

void expect_says(const std::string& error, const std::string& words) {
  EXPECT_NE(error.find(words), error.npos) << error;
}

TEST(Location, IsReadFromEachProgramsFile) {
  for (const char* text : {kKfrText, kFraktalerText, kRustFractalText, kDeepDrillText}) {
    const auto location = read_location(text);
    ASSERT_TRUE(location) << location.error().what << text;
    EXPECT_EQ(to_text(location->re), "-1.479815776132473260722984525") << text;
    EXPECT_EQ(to_text(location->im), "-0.00063911193261361727152") << text;
    EXPECT_EQ(to_text(location->zoom), "5e113") << text;
    EXPECT_EQ(location->max_iter, 200'000u) << text;
  }
}

TEST(Location, OfFraktaler3LeavesOutWhatIsZero) {
  const auto location = read_location("location.real = \"-1.75\"\nlocation.zoom = \"1e3\"\n");
  ASSERT_TRUE(location);
  EXPECT_TRUE(location->im.is_zero());
  EXPECT_FALSE(location->max_iter);
}

TEST(Location, BecomesAViewFourHighAtZoomOne) {
  const auto location = read_location("Re: 0\nIm: -1e-3\nZoom: 1\nIterations: 9\n");
  ASSERT_TRUE(location);
  EXPECT_EQ(span_at(*location, 320, 160), "8");
  const auto view = parse_view({.size = "320x160", .location = *location});
  ASSERT_TRUE(view) << view.error().what;
  EXPECT_EQ(*view, Grid(View{0, -1e-3, 0.025, 0.025, 320, 160}));
}

#ifdef MANDEL_HAVE_DEEP
TEST(Location, OfAJobBringsTheJobBack) {
  const Job job{DeepView{"-1.5", "1.8370286248191894778656315150350973953239273025726290308e-94",
                         "3.333333333333333333333333333333333333333e-1005",
                         "3.333333333333333333333333333333333333333e-1005", 1920, 1081},
                123'456};
  for (const char* path : {"a.kfr", "a.toml"}) {
    const auto written = location_of(job);
    ASSERT_TRUE(written);
    const std::string text = location_text(location_format_of(path).value(), *written);
    const auto read = read_location(text);
    ASSERT_TRUE(read) << read.error().what << text;
    EXPECT_EQ(*read, *written);
    EXPECT_EQ(read->max_iter, job.max_iter);
    const auto view = parse_view({.size = "1920x1081", .location = *read});
    ASSERT_TRUE(view) << view.error().what;
    EXPECT_EQ(*view, job.grid);
  }
}
#endif

TEST(Location, OfAViewOfDoublesIsExactToo) {
  const Location location = location_of({View{-0.1, 0, 0.25, 0.25, 10, 8}, 77}).value();
  EXPECT_EQ(to_text(location.re), "-0.1");
  EXPECT_EQ(to_text(location.zoom), "2");
  EXPECT_EQ(location.max_iter, 77u);
}

TEST(Location, IsOfAViewWithSquarePixelsOnly) {
  EXPECT_FALSE(location_of({DeepView{"0", "0", "0.1", "0.2", 10, 10}, 100}));
  EXPECT_FALSE(location_of({TutorialGrid{100}, 100}));
}

TEST(Location, IsWrittenWhereSomeProgramReadsIt) {
  EXPECT_FALSE(location_format_of("a.png"));
  EXPECT_FALSE(location_format_of("kfr"));
}

TEST(Location, CutShortIsNoticedWhereverItsNumbersAreCut) {
  for (const std::string text : {kKfrText, kFraktalerText, kDeepDrillText}) {
    const std::size_t end = text.find("200000") + (text == kFraktalerText ? 0 : 6);
    for (std::size_t size = 0; size < end; ++size) {
      const auto location = read_location(std::string_view(text).substr(0, size));
      if (!location) continue;
      // Then all numbers that it has are whole; without a limit it asks for --max-iter.
      EXPECT_FALSE(location->max_iter) << text.substr(0, size);
      EXPECT_EQ(to_text(location->re), "-1.479815776132473260722984525") << text.substr(0, size);
      EXPECT_EQ(to_text(location->im), "-0.00063911193261361727152") << text.substr(0, size);
      EXPECT_EQ(to_text(location->zoom), "5e113") << text.substr(0, size);
    }
  }
  expect_says(error_of("Re: 1.5\nIm: 0.1"), "ends within the line of 'Im': is it cut short?");
  expect_says(error_of("Re: 1.5\n"), "has no 'Im': is it cut short?");
  expect_says(error_of("real = \"-1.47"), "the text of 'real' has no end");
}

TEST(Location, RefusesNumbersThatAreNone) {
  const std::string text = "Re: -1.4x\nIm: 0\nZoom: 2\nIterations: 10\n";
  expect_says(error_of(text), "'Re' is -1.4x: give a decimal number");
  expect_says(error_of(with(text, "-1.4x", std::string(1'000'000, '7'))),
              "7777... (1000000 characters): give a decimal number of at most 20000 digits");
  expect_says(error_of(with(text, "-1.4x", "1e-20001")), "between 1e-20000 and 1e20000");
  expect_says(error_of(with(text, "-1.4x", "")), "'Re' is :");
  const std::string right = with(text, "-1.4x", "-1.4");
  expect_says(error_of(with(right, "Zoom: 2", "Zoom: 0.0")), "'Zoom' is 0: a zoom is above 0");
  expect_says(error_of(with(right, "Zoom: 2", "Zoom: -1")), "'Zoom' is -1");
  expect_says(error_of(with(right, "10", "3000000000")), "'Iterations' is 3000000000");
  expect_says(error_of(with(right, "10", "many")), "give a whole number from 0 to 2147483647");
  expect_says(error_of(with(right, "Re", "Zoom: 3\nRe")), "has 'Zoom' more than once");
  EXPECT_EQ(error_of(right), "accepted");
}

TEST(Location, RefusesByNameWhatWouldChangeTheCounts) {
  expect_says(error_of(with(kKfrText, "FractalType: 0", "FractalType: 1")),
              "asks for another formula than z^2 + c ('FractalType' is 1)");
  expect_says(error_of(with(kKfrText, "Power: 2", "Power: 3")), "('Power' is 3)");
  expect_says(error_of(with(kKfrText, "RotateAngle: -0", "RotateAngle: 45")), "a rotated view");
  expect_says(error_of(with(kKfrText, "StretchAmount: 0", "StretchAmount: x")),
              "a stretched view ('StretchAmount' is x)");
  expect_says(error_of(with(kKfrText, "SeedR: 0", "Ratio: 334.883721")), "('Ratio' is 334.883721)");
  expect_says(error_of(with(kFraktalerText, "power = 2", "abs_x = true")), "another formula");
  expect_says(error_of(with(kFraktalerText, "power = 2", "opcodes = \"absx sqr add\"")),
              "another formula than z^2 + c ('absx sqr add')");
  expect_says(error_of(with(kFraktalerText, "image.width = 1024", "transform.rotate = 1.5")),
              "a rotated view");
  expect_says(
      error_of(with(kFraktalerText, "image.width = 1024", "transform.exponential_map = true")),
      "an exponential map");
  expect_says(error_of(with(kRustFractalText, "rotate = 0", "rotate = 90")), "a rotated view");
}

TEST(Location, RefusesOtherFiles) {
  for (const std::string text : {"", "\n\n", "[location]\nzoom\n", "GIF89a\1\2\3", "[[[", "=\n:\n"})
    expect_says(error_of(text), "is no location file that mandel knows");
}

TEST(Location, OfAFileIsBoundedBeforeItIsRead) {
  const TempFolder folder;
  const std::string path = folder.path() + "/huge.kfr";
  std::ofstream(path).seekp(std::streamoff{1} << 40).put('\n');  // sparse
  const auto huge = read_location_file(path);
  ASSERT_FALSE(huge);
  expect_says(huge.error().what, "huge.kfr is larger than 1048576 bytes");
  const auto missing = read_location_file(folder.path() + "/none.kfr");
  ASSERT_FALSE(missing);
  expect_says(missing.error().what, "none.kfr does not exist");
}

}  // namespace
}  // namespace mandel
