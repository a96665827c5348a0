// Posters by real jobs: the pixels of their tiles, and what becomes of their folders when a job is
// killed, fails, or finds something in its way.
#include <array>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <png.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shell.h"

namespace mandel::e2e {
namespace {

namespace fs = std::filesystem;

std::string bytes_in(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct PngPixels {
  std::uint32_t columns = 0;
  std::uint32_t rows = 0;
  std::vector<unsigned char> bytes;  // R, G, B
};

PngPixels read_png(const std::string& path) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_file(&image, path.c_str()) == 0) {
    ADD_FAILURE() << path << ": " << image.message;
    return {};
  }
  image.format = PNG_FORMAT_RGB;
  PngPixels pixels{image.width, image.height, std::vector<unsigned char>(PNG_IMAGE_SIZE(image))};
  EXPECT_NE(png_image_finish_read(&image, nullptr, pixels.bytes.data(), 0, nullptr), 0);
  return pixels;
}

// All files below, by their names from there.
std::map<std::string, std::string> files_below(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file())
      files.emplace(fs::relative(entry.path(), folder), bytes_in(entry.path()));
  return files;
}

class Poster : public testing::Test {
 protected:
  ShellRun run(const std::string& script) const {
    return shell(fmt::format("cd {}; {}", dir_.path(""), script));
  }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(dir_.path("")))
      names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }
  // Its deepest level is the picture, in tiles that overlap by one.
  void expect_tiles_of(const std::string& level, const PngPixels& picture) const {
    const auto end = [](std::uint32_t tile, std::uint32_t side) {
      return std::min(side, 256 * tile + 257);
    };
    for (std::uint32_t r = 0; 256 * r < picture.rows; ++r)
      for (std::uint32_t c = 0; 256 * c < picture.columns; ++c) {
        const PngPixels tile = read_png(dir_.path(fmt::format("{}/{}_{}.png", level, c, r)));
        const std::uint32_t left = c == 0 ? 0 : 256 * c - 1;
        const std::uint32_t top = r == 0 ? 0 : 256 * r - 1;
        ASSERT_EQ(tile.columns, end(c, picture.columns) - left);
        ASSERT_EQ(tile.rows, end(r, picture.rows) - top);
        for (std::uint32_t row = 0; row < tile.rows; ++row)
          ASSERT_TRUE(
              std::equal(tile.bytes.begin() + 3 * row * tile.columns,
                         tile.bytes.begin() + 3 * (row + 1) * tile.columns,
                         picture.bytes.begin() + 3 * ((top + row) * picture.columns + left)))
              << level << " " << c << "_" << r << ", row " << row;
      }
    EXPECT_FALSE(fs::exists(dir_.path(fmt::format("{}/0_{}.png", level, picture.rows / 256 + 1))));
  }
  using Names = std::vector<std::string>;

  const TempDir dir_;
};

TEST_F(Poster, ItsDeepestLevelIsThePicture) {
  for (const std::string colours : {"ultra", "fire:rank"}) {
    const ShellRun made =
        run("$m --size 600x530 --center -0.7453,0.1127 --span 6.5e-4 --max-iter 500 --colours " +
            colours + " --output p.dzi --output p.png --output p.npy");
    ASSERT_EQ(made.status, 0) << made.err;
    EXPECT_NE(made.err.find("p.dzi needs "), std::string::npos) << made.err;
    EXPECT_NE(made.err.find(" for its 22 tiles, about, and 1.27 MB for the counts"),
              std::string::npos)
        << made.err;
    EXPECT_EQ(names(), (Names{"index.html", "p.dzi", "p.npy", "p.png", "p_files"}));
    expect_tiles_of("p_files/10", read_png(dir_.path("p.png")));
    EXPECT_EQ(read_png(dir_.path("p_files/0/0_0.png")).bytes.size(), 3u);
    EXPECT_FALSE(fs::exists(dir_.path("p_files/11")));
  }
  EXPECT_TRUE(
      bytes_in(dir_.path("p.dzi"))
          .starts_with(
              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
              "<Image xmlns=\"http://schemas.microsoft.com/deepzoom/2008\" TileSize=\"256\" "
              "Overlap=\"1\" Format=\"png\">\n  <Size Width=\"600\" Height=\"530\"/>\n</Image>\n"));
  EXPECT_EQ(bytes_in(dir_.path("index.html")).find("fetch("), std::string::npos);
}

TEST_F(Poster, SaysHowToMakeItAgain) {
  ASSERT_EQ(run("mkdir b; $m --tutorial-size 300 --colours fire --sidecar --output p.dzi").status,
            0);
  EXPECT_EQ(names(), (Names{"b", "index.html", "p.dzi", "p_files"})) << "it needs no sidecar";
  for (const std::string file : {"p.dzi", "index.html"}) {
    const ShellRun info = run("$m info " + file);
    EXPECT_NE(info.out.find("the tutorial's for 300"), std::string::npos) << info.err;
    EXPECT_EQ(run("$m --again " + file + " --output b/p.dzi").status, 0);
  }
  run("mkdir a; mv p.dzi index.html p_files a");
  EXPECT_EQ(files_below(dir_.path("a")), files_below(dir_.path("b")));
}

// Of counts that were kept, too, and then without room for counts.
TEST_F(Poster, OfKeptCountsIsTheJobsOwn) {
  ASSERT_EQ(run("mkdir b; $m --tutorial-size 600 --output p.npy --sidecar --output p.dzi").status,
            0);
  const ShellRun made = run("$m colour p.npy --output b/p.dzi");
  EXPECT_EQ(made.status, 0) << made.err;
  EXPECT_NE(made.err.find(" tiles, about; "), std::string::npos) << made.err;
  EXPECT_EQ(files_below(dir_.path("b/p_files")), files_below(dir_.path("p_files")));
  for (const std::string file : {"p.dzi", "index.html"})
    EXPECT_EQ(bytes_in(dir_.path("b/" + file)), bytes_in(dir_.path(file)));
}

// A smaller one leaves no tile of the larger one.
TEST_F(Poster, AnOlderOneIsReplacedWhole) {
  ASSERT_EQ(run("$m --tutorial-size 1400 --output p.dzi").status, 0);
  ASSERT_EQ(run("$m --tutorial-size 600 --output p.dzi").status, 0);
  ASSERT_EQ(run("mkdir only; $m --tutorial-size 600 --output only/p.dzi").status, 0);
  EXPECT_EQ(files_below(dir_.path("p_files")), files_below(dir_.path("only/p_files")));
}

TEST_F(Poster, WhatIsNotOursIsAnErrorBeforeAnythingIsComputed) {
  const std::string job = "$m --tutorial-size 600 --output p.dzi";
  for (const std::string theirs : {"p_files/7/0_0.png", "p_files.part/a", "index.html"}) {
    run(fmt::format("mkdir -p $(dirname {0}); echo mine >{0}", theirs));
    const ShellRun refused = run(job);
    EXPECT_EQ(refused.status, 2) << theirs;
    EXPECT_NE(refused.err.find(theirs.substr(0, theirs.find('/'))), std::string::npos)
        << refused.err;
    EXPECT_EQ(bytes_in(dir_.path(theirs)), "mine\n");
    EXPECT_EQ(names(), Names{theirs.substr(0, theirs.find('/'))});
    run("rm -r *");
  }
  ASSERT_EQ(run(job).status, 0);
  const ShellRun second = run("$m --tutorial-size 600 --output other.dzi");
  EXPECT_EQ(second.status, 2);
  EXPECT_NE(second.err.find("shows another poster"), std::string::npos) << second.err;
  EXPECT_EQ(run("mkfifo pipe.dzi; " + job + " --output pipe.dzi").status, 2);
  for (const char* same : {"--json index.html", "--output q.dzi", "--json p_files/a.json"})
    EXPECT_EQ(run(job + " " + same).status, 2) << same;
}

TEST_F(Poster, AJobThatCanNotBeCompletedLeavesNothing) {
  const std::string job = "$m --tutorial-size 600 --output p.dzi --output p.npy ";
  EXPECT_EQ(run(job + "--no-journal --expect-sum 1").status, 3);
  EXPECT_EQ(run(job + "--hosts 127.0.0.1:1 --patience 0.1").status, 4);
  EXPECT_EQ(run("mkdir p.npy; " + job + "; rmdir p.npy").status, 0);
  EXPECT_EQ(names(), Names{});
}

// The tiles' sizes are estimated, the counts' are known.
TEST_F(Poster, ADiskThatIsTooSmallIsNoticedFirst) {
  const ShellRun small =
      run("mkdir disk; unshare -m bash -c 'mount -t tmpfs -o size=6m none disk || exit 77; "
          "\"$0\" --size 1200x1200 --output disk/p.dzi; echo $? >status; ls disk >left' $m; rc=$?; "
          "rmdir disk; exit $rc");
  if (small.status != 0) GTEST_SKIP() << "no file system can be mounted here: " << small.err;
  EXPECT_EQ(bytes_in(dir_.path("status")), "5\n") << small.err;
  EXPECT_EQ(bytes_in(dir_.path("left")), "");
  EXPECT_NE(small.err.find("and 5.76 MB for the counts while it is made, and 6.29 MB are free"),
            std::string::npos)
      << small.err;
}

TEST_F(Poster, OfKeptCountsNoticesATooSmallDiskToo) {
  const ShellRun small = run(
      "$m --size 3000x2000 --max-iter 20 --output c.npy; mkdir disk; unshare -m bash -c 'mount -t "
      "tmpfs -o size=6m none disk || exit 77; \"$0\" colour c.npy --output disk/p.dzi; "
      "echo $? >status; ls disk >left' $m; rc=$?; rmdir disk; exit $rc");
  if (small.status != 0) GTEST_SKIP() << "no file system can be mounted here: " << small.err;
  EXPECT_EQ(bytes_in(dir_.path("status")), "5\n") << small.err;
  EXPECT_EQ(bytes_in(dir_.path("left")), "");
  EXPECT_NE(small.err.find(" tiles, about, and 6.29 MB are free on that disk"), std::string::npos)
      << small.err;
}

// A second output, a pipe that hardly anybody reads, keeps the job from its end: it takes less than
// half of the picture at once.
class UnfinishedPoster : public Poster {
 protected:
  // Has rows of tiles that are whole, and others that are not.
  void begin(const std::vector<std::string>& more = {}) const {
    const std::string pipe = dir_.path("pipe.pgm");
    EXPECT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    const int reader = open(pipe.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    EXPECT_GE(fcntl(reader, F_SETPIPE_SZ, 1 << 19), 1 << 19);
    std::vector<std::string> options = options_in(dir_);
    options.insert(options.end(), more.begin(), more.end());
    Process master(master_command(options));
    const std::string rows = dir_.path("p_files.part/mandel-poster.txt");
    // A row of tiles is written down when the next counts come, after it was encoded: on a busy
    // machine they wait for the pipe by then.
    EXPECT_TRUE(eventually([&] {
      if (bytes_in(rows).find("\n12 0 ") != std::string::npos) return true;
      std::array<char, 2048> taken{};
      [[maybe_unused]] const auto ignored = read(reader, taken.data(), taken.size());
      return false;
    })) << master.err();
    master.signal(more.empty() ? SIGKILL : SIGTERM);
    EXPECT_EQ(master.wait(), more.empty() ? 128 + SIGKILL : 130) << master.err();
    close(reader);
  }
  static std::vector<std::string> options_in(const TempDir& dir) {
    return {"--size",   "270x2200",        "--center", "-0.7453,0.1127",    "--span",
            "6.5e-4",   "--max-iter",      "3000",     "--output",          dir.path("p.dzi"),
            "--output", dir.path("p.npy"), "--output", dir.path("pipe.pgm")};
  }
};

TEST_F(UnfinishedPoster, GoesOnToTheSameBytesAfterAKill) {
  begin();
  EXPECT_EQ(names(), (Names{"p.dzi.journal", "p.npy.part", "p_files.part", "pipe.pgm"}));
  // Tiles of a row that was whole are not written again.
  const std::string old = "@1000000000";
  run(fmt::format("touch -d {} p_files.part/12/0_0.png", old));
  const ShellRun resumed = run("cat pipe.pgm >/dev/null & $m --quiet --resume p.dzi; rm pipe.pgm");
  ASSERT_EQ(resumed.status, 0) << resumed.err;
  EXPECT_EQ(run("stat -c @%Y p_files/12/0_0.png").out, old + "\n");
  ASSERT_EQ(names(), (Names{"index.html", "p.dzi", "p.npy", "p_files"})) << resumed.err;

  TempDir whole;
  std::vector<std::string> options = options_in(whole);
  options.resize(options.size() - 2);
  ASSERT_EQ(run_master(options).status, 0);
  const auto expected = files_below(whole.path(""));
  const auto found = files_below(dir_.path(""));
  ASSERT_EQ(found.size(), expected.size());
  for (const auto& [name, text] : expected) EXPECT_TRUE(found.at(name) == text) << name;
}

TEST_F(UnfinishedPoster, WithoutItsJournalTheNextBeginsAnew) {
  begin();
  EXPECT_EQ(run("rm p.*; $m --tutorial-size 300 --output p.dzi").status, 0);
  EXPECT_EQ(names(), (Names{"index.html", "p.dzi", "p_files", "pipe.pgm"}));
  EXPECT_FALSE(fs::exists(dir_.path("p_files/9")));
}

TEST_F(UnfinishedPoster, TheSameCommandGoesOn) {
  begin({"--continue"});
  std::string again = "cat pipe.pgm >/dev/null & $m --continue";
  for (const std::string& option : options_in(dir_)) again += " " + option;
  const ShellRun resumed = run(again);
  EXPECT_EQ(resumed.status, 0) << resumed.err;
  EXPECT_EQ(names(), (Names{"index.html", "p.dzi", "p.npy", "p_files", "pipe.pgm"}));
}

}  // namespace
}  // namespace mandel::e2e
