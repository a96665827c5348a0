// Each format byte by byte, and files that are there whole or not at all.
#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <numeric>
#include <set>
#include <sstream>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <tuple>
#include <unistd.h>

#include "master/colours/linear_light.h"
#include "master/sinks/output_file.h"
#include "master/sinks/plain.h"
#include "tests/unit/master/sinks/read_png.h"

namespace mandel {
namespace {

namespace fs = std::filesystem;

class SinksTest : public testing::Test {
 protected:
  SinksTest() {
    std::string name = (fs::temp_directory_path() / "mandel-sinks-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~SinksTest() override { fs::remove_all(folder_); }

  std::string path(const char* name) const { return folder_ / name; }
  static std::string bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
  }
  static std::shared_ptr<const Axes> axes(std::size_t columns, std::size_t rows) {
    return std::make_shared<Axes>(
        Axes{std::vector<double>(columns, 0.0), std::vector<double>(rows, 0.0)});
  }
  static ColourMap colours(const char* name = "ultra") { return *ColourMap::make({.map = name}); }

  fs::path folder_;
};

void write(Sink& sink, std::span<const std::uint32_t> counts, std::size_t columns) {
  // In two unequal bands.
  ASSERT_TRUE(sink.rows(counts.first(columns)));
  ASSERT_TRUE(sink.rows(counts.subspan(columns)));
  ASSERT_TRUE(sink.finish());
}

TEST_F(SinksTest, NpyIsExactlyWhatNumpyWrites) {
  const std::vector<std::uint32_t> counts = {1, 2, 3, 4, 5, 0x01020304};
  const auto sink = plain_sink(path("a.npy"), PlainFormat::kNpy, {2, 3, 1000});
  ASSERT_TRUE(sink);
  write(**sink, counts, 2);
  // numpy.save of the same array.
  std::string expected("\x93NUMPY\x01\x00v\x00", 10);
  expected += "{'descr': '<u4', 'fortran_order': False, 'shape': (3, 2), }";
  expected.append(127 - expected.size(), ' ');
  expected += '\n';
  expected.append(reinterpret_cast<const char*>(counts.data()), counts.size() * 4);
  EXPECT_EQ(bytes_of(path("a.npy")), expected);
}

TEST_F(SinksTest, RawIsTheCountsAndNothingElse) {
  const std::vector<std::uint32_t> counts = {1, 0x01020304, 3, 4};
  const auto sink =
      file_sink(path("a.RAW"), {2, 2, 1000}, {.axes = axes(2, 2), .colours = colours()});
  ASSERT_TRUE(sink);
  write(**sink, counts, 2);
  EXPECT_EQ(bytes_of(path("a.RAW")), std::string("\1\0\0\0\4\3\2\1\3\0\0\0\4\0\0\0", 16));
}

TEST_F(SinksTest, PgmUsesOneByteOrTwoBigEndian) {
  const std::vector<std::uint32_t> counts = {0, 1, 255, 2};
  const auto narrow = pgm_sink(path("a.pgm"), {2, 2, 256});
  ASSERT_TRUE(narrow);
  write(**narrow, counts, 2);
  EXPECT_EQ(bytes_of(path("a.pgm")), std::string("P5\n2 2\n255\n\0\1\xff\2", 15));

  const std::vector<std::uint32_t> large = {0, 1, 70'000, 258};
  const auto wide = pgm_sink(path("b.pgm"), {2, 2, 1'000'000});
  ASSERT_TRUE(wide);
  write(**wide, large, 2);
  EXPECT_EQ(bytes_of(path("b.pgm")), std::string("P5\n2 2\n65535\n\0\0\0\1\xff\xff\1\2", 21));
}

TEST_F(SinksTest, PngReadsBackAsTheColoursOfTheCounts) {
  constexpr std::uint32_t kWidth = 7;
  std::vector<std::uint32_t> counts(kWidth * 5);
  std::iota(counts.begin(), counts.end(), 0u);
  const auto sink =
      png_sink(path("a.png"), {kWidth, 5, 1000}, {.axes = axes(kWidth, 5), .colours = colours()});
  ASSERT_TRUE(sink);
  write(**sink, counts, kWidth);

  const ReadPng read = read_png(bytes_of(path("a.png")));
  ASSERT_EQ(read.columns, kWidth);
  ASSERT_EQ(read.rows, 5u);
  const ColourMap map = colours();
  for (std::size_t k = 0; k < counts.size(); ++k) EXPECT_EQ(read.pixels[k], map(counts[k])) << k;
}

// However the rows come, by how many threads: the file has the same bytes, over many bands.
TEST_F(SinksTest, PngDoesNotDependOnHowRowsCome) {
  constexpr std::uint32_t kWidth = 3000;
  constexpr std::uint32_t kRows = 500;
  std::vector<std::uint32_t> counts(std::size_t{kWidth} * kRows);
  for (std::size_t k = 0; k < counts.size(); ++k) counts[k] = static_cast<std::uint32_t>(k / 700);
  std::set<std::string> files;
  for (const std::size_t rows : {1u, 7u, 499u, 500u}) {
    const auto sink = png_sink(path("a.png"), {kWidth, kRows, 5000},
                               {.axes = axes(kWidth, kRows), .colours = colours()});
    ASSERT_TRUE(sink);
    for (std::size_t row = 0; row < kRows; row += rows)
      ASSERT_TRUE((*sink)->rows(
          std::span(counts).subspan(row * kWidth, std::min(rows, kRows - row) * kWidth)));
    ASSERT_TRUE((*sink)->finish());
    files.insert(bytes_of(path("a.png")));
  }
  ASSERT_EQ(files.size(), 1u);
  const ReadPng read = read_png(*files.begin());
  const ColourMap map = colours();
  for (std::size_t k = 0; k < counts.size(); k += 97)
    EXPECT_EQ(read.pixels[k], map(counts[k])) << k;
}

TEST_F(SinksTest, PngAveragesWhatItSupersamples) {
  std::vector<std::uint32_t> counts(6 * 4);
  std::iota(counts.begin(), counts.end(), 1u);
  const auto sink = png_sink(path("a.png"), {6, 4, 1000},
                             {.axes = axes(6, 4), .colours = colours(), .supersample = 2});
  ASSERT_TRUE(sink);
  write(**sink, counts, 6);
  const ReadPng read = read_png(bytes_of(path("a.png")));
  ASSERT_EQ(read.columns, 3u);
  ASSERT_EQ(read.rows, 2u);
  const ColourMap map = colours();
  Light sum;
  for (const std::uint32_t count : {17u, 18u, 23u, 24u}) sum += light_of(map(count));
  EXPECT_EQ(read.pixels[5], mean_colour(sum, 4));
}

// All counts are nearly the same, as they are deep in the set.
TEST_F(SinksTest, PngByRankShowsWhatTheLogarithmDoesNot) {
  std::vector<std::uint32_t> counts(64);
  std::iota(counts.begin(), counts.end(), 1'000'000u);
  counts[7] = 0;
  const auto colours_in = [&](const char* map) {
    const auto sink =
        png_sink(path("a.png"), {8, 8, 2'000'000}, {.axes = axes(8, 8), .colours = colours(map)})
            .value();
    if (sink->looks_first()) {
      sink->look(std::span(counts).first(24));
      sink->look(std::span(counts).subspan(24));
    }
    write(*sink, counts, 8);
    const ReadPng read = read_png(bytes_of(path("a.png")));
    EXPECT_EQ(read.pixels[7], Rgb{}) << "the set";
    std::set<std::tuple<int, int, int>> different;
    for (const Rgb& pixel : read.pixels) different.insert({pixel.red, pixel.green, pixel.blue});
    return different.size();
  };
  EXPECT_LT(colours_in("ultra:log"), 5u);
  EXPECT_GT(colours_in("ultra:rank"), 50u);
}

TEST_F(SinksTest, DigestIsOfTheWholePicture) {
  const auto digest = std::make_shared<CountsDigest>();
  const auto sink = digest_sink(digest);
  // tests/golden/golden.csv: request 64, max_iter 1 has 33 x 32 counts, all 0.
  const std::vector<std::uint32_t> zeros(33 * 32);
  write(*sink, zeros, 33);
  EXPECT_EQ(digest->sha256, "0d71643bfaa0cd6f10b638daa12819f01a0f6a53a07835eb11532b45ed90a244");
}

TEST_F(SinksTest, AnUnfinishedFileLeavesTheOldOneAndNoTrace) {
  std::ofstream(path("a.npy")) << "yesterday";
  {
    const auto sink = plain_sink(path("a.npy"), PlainFormat::kNpy, {1, 1, 10});
    ASSERT_TRUE(sink);
    EXPECT_EQ(bytes_of(path("a.npy")), "yesterday");
  }
  EXPECT_EQ(bytes_of(path("a.npy")), "yesterday");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
}

TEST_F(SinksTest, FilesHaveTheRightsThatUmaskLeaves) {
  const std::vector<std::uint32_t> counts = {1, 2};
  const auto sink = plain_sink(path("a.npy"), PlainFormat::kNpy, {1, 2, 10});
  write(**sink, counts, 1);
  const mode_t mask = umask(0);
  umask(mask);
  struct stat status{};
  ASSERT_EQ(stat(path("a.npy").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0666 & ~mask);
}

TEST_F(SinksTest, WhatCanNotBeWrittenIsSaidBeforeTheJob) {
  for (const std::string& bad : {path("missing/a.png"), folder_.string(), std::string("a.gif"),
                                 std::string("noextension")}) {
    const auto sink = file_sink(bad, {1, 1, 10}, {.axes = axes(1, 1), .colours = colours()});
    ASSERT_FALSE(sink) << bad;
    EXPECT_NE(sink.error().what.find(bad), std::string::npos) << sink.error().what;
  }
}

TEST_F(SinksTest, AFullDiskIsAnErrorNotASmallPicture) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  fs::create_symlink("/dev/full", path("full.png"));
  const auto sink = file_sink(path("full.png"), {1000, 1000, 1000},
                              {.axes = axes(1000, 1000), .colours = colours()});
  ASSERT_TRUE(sink);
  std::vector<std::uint32_t> counts(1'000'000);
  for (std::size_t k = 0; k < counts.size(); ++k)
    counts[k] = static_cast<std::uint32_t>(k * 2654435761u) % 1000;
  const auto taken = (*sink)->rows(counts);
  const bool is_refused = !taken || !(*sink)->finish();
  EXPECT_TRUE(is_refused);
}

// To a full pipe that nobody reads, what is left in its buffer would take for ever to write.
TEST_F(SinksTest, AFileThatIsAbandonedWritesNoMore) {
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  const int reader = open(path("pipe").c_str(), O_RDWR | O_CLOEXEC);
  const std::byte byte{1};
  {
    auto file = OutputFile::create(path("pipe"));
    ASSERT_TRUE(file) << file.error().what;
    ASSERT_TRUE(file->write({&byte, 1}));
  }
  int bytes = -1;
  EXPECT_EQ(ioctl(reader, FIONREAD, &bytes), 0);
  EXPECT_EQ(bytes, 0);
  close(reader);
}

}  // namespace
}  // namespace mandel
