// Pictures in other colours: of counts that a job kept, and of a palette that somebody changes
// while the job is interrupted.
#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include "process.h"

namespace mandel::e2e {
namespace {

class Colour : public testing::Test {
 protected:
  using Words = std::vector<std::string>;

  static std::string bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::string write(const std::string& name, const std::string& bytes) const {
    std::ofstream(dir_.path(name), std::ios::binary) << bytes;
    return dir_.path(name);
  }
  // All zeros, which take no room on the disk.
  std::string zeros(const std::string& name, std::uint32_t side) const {
    std::string dictionary =
        fmt::format("{{'descr':'<u4','fortran_order':False,'shape':({0},{0})}}", side);
    dictionary.resize(118, ' ');
    const std::string head = std::string("\x93NUMPY\1\0v\0", 10) + dictionary;
    const std::string path = write(name, head);
    std::filesystem::resize_file(path, head.size() + std::uintmax_t{side} * side * 4);
    return path;
  }
  // Of mandel-master colour.
  static Words command(Words words) {
    words.insert(words.begin(), {MANDEL_MASTER, "colour"});
    return words;
  }
  // What it says where it refuses.
  static std::string refusal(Words words) {
    Process process(command(std::move(words)));
    EXPECT_EQ(process.wait(), 2) << process.err();
    return process.err();
  }

  const TempDir dir_;
  const std::string npy_ = dir_.path("a.npy");
};

// The sidecar says where the counts are: of the whole set, zeros are the set's or beyond 2.
TEST_F(Colour, AgainGivesTheJobsOwnPicture) {
  const std::string palette = write("two.gpl", "GIMP Palette\n#\n0 7 100\tblue\n255 170 0\tgold\n");
  for (const Words& colours :
       {Words{"--colours", "fire:rank", "--inside", "ff0000"}, Words{"--palette", palette},
        Words{"--palette", palette, "--colours", ":period=40"}, Words{"--supersample", "2"}}) {
    const auto with_colours = [&](Words words) {
      words.insert(words.end(), colours.begin(), colours.end());
      return words;
    };
    const MasterRun job = run_master(
        with_colours({"--size", "90x60", "--output", npy_, "--output", dir_.path("a.png"),
                      "--output", dir_.path("a.pgm"), "--max-iter", "300", "--sidecar"}));
    ASSERT_EQ(job.status, 0) << job.err;
    Process recolour(
        command(with_colours({npy_, "--output", dir_.path("b.png"), "--output", dir_.path("b.pgm"),
                              "--output", dir_.path("b.npy"), "--quiet"})));
    ASSERT_EQ(recolour.wait(), 0) << recolour.err();
    EXPECT_EQ(recolour.err(), "");
    for (const char* extension : {".png", ".pgm", ".npy"})
      EXPECT_EQ(bytes_of(dir_.path(std::string("b") + extension)),
                bytes_of(dir_.path(std::string("a") + extension)))
          << extension;
  }
}

TEST_F(Colour, AgainTakesNoMoreMemoryForALargePicture) {
  if (std::getenv("MANDEL_SANITIZED") != nullptr)
    GTEST_SKIP() << "a sanitizer's own memory would be measured";
  const std::string counts = zeros("large.npy", 10'000);  // 400 MB
  std::filesystem::create_symlink("/dev/null", dir_.path("null.raw"));
  Process recolour(command({counts, "--output", dir_.path("null.raw"), "--quiet"}));
  ASSERT_EQ(recolour.wait(), 0) << recolour.err();
  EXPECT_LT(recolour.peak_bytes(), std::uint64_t{64} << 20);
}

// A pipe's reader decides how long it takes to write.
TEST_F(Colour, AgainEndsWhereItIsInterrupted) {
  const std::string counts = zeros("a.npy", 2'000);  // several bands
  ASSERT_EQ(mkfifo(dir_.path("pipe.raw").c_str(), 0600), 0);
  const int reader = open(dir_.path("pipe.raw").c_str(), O_RDWR | O_CLOEXEC);
  Process recolour(
      command({counts, "--output", dir_.path("b.png"), "--output", dir_.path("pipe.raw")}));
  int bytes = 0;
  ASSERT_TRUE(eventually([&] { return ioctl(reader, FIONREAD, &bytes) == 0 && bytes > 0; }));
  recolour.signal(SIGINT);
  const std::jthread drain([reader](const std::stop_token& stop) {
    std::array<char, 65'536> taken{};
    for (pollfd waiting{reader, POLLIN, 0}; !stop.stop_requested();)
      if (poll(&waiting, 1, 50) > 0 && read(reader, taken.data(), taken.size()) < 0) break;
    close(reader);
  });
  EXPECT_EQ(recolour.wait(), 130) << recolour.err();
  EXPECT_NE(recolour.err().find("interrupted"), std::string::npos) << recolour.err();
  EXPECT_FALSE(std::filesystem::exists(dir_.path("b.png")));
}

TEST_F(Colour, WhatIsWrongIsSaidBeforeAnythingIsWritten) {
  const std::string counts = zeros("a.npy", 10);
  const std::string before = bytes_of(counts);
  const auto says = [](const std::string& said, const std::string& words) {
    EXPECT_NE(said.find(words), std::string::npos) << said;
  };
  says(refusal({}), "COUNTS is required");
  says(refusal({counts}), "--output");
  says(refusal({counts, "--output", counts}), "COUNTS " + counts + " is the same file");
  EXPECT_EQ(bytes_of(counts), before);
  const std::string png = dir_.path("b.png");
  says(refusal({dir_.path("none.npy"), "--output", png}), "none.npy does not exist");
  says(refusal({write("b.npy", "no numbers"), "--output", png}), "b.npy is no .npy file");
  std::filesystem::resize_file(counts, before.size() - 1);
  says(refusal({counts, "--output", png}), "is it cut short?");
  write("a.npy", before.substr(0, before.size() - 4) + std::string(4, '\xff'));
  says(refusal({counts, "--output", png}), "there is the count 4294967295");
  write("a.npy", before);
  says(refusal({counts, "--output", png, "--supersample", "3"}), "--supersample 3: 10 x 10 counts");
  write("a.npy.json", "no recipe");
  says(refusal({counts, "--output", png}), "a.npy");
  EXPECT_FALSE(std::filesystem::exists(png));
}

// The journal has the palette's colours, not its file's name.
TEST_F(Colour, OfAPaletteStayWhereItsFileChanges) {
  const std::string palette = write("two.map", "0 7 100\n255 170 0\n");
  const Words job = {"--size",     "300x300",    "--center",  "-0.7453,0.1127",
                     "--span",     "6.5e-4",     "--chunks",  "60",
                     "--max-iter", "5000",       "--palette", palette,
                     "--colours",  ":period=50", "--outside", "123456"};
  const auto with = [&](const Words& more) {
    Words all = job;
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  ASSERT_EQ(run_master(with({"--output", dir_.path("whole.png")})).status, 0);
  const std::string png = dir_.path("a.png");
  {
    const Worker slow({"--threads", "1", "--kernel", "scalar"});
    Process master(master_command(with({"--output", png, "--hosts", slow.address()})));
    ASSERT_TRUE(eventually([&] {
      std::error_code none;
      const auto size = std::filesystem::file_size(png + ".journal", none);
      return !none && size > 500;
    })) << master.err();
    master.signal(SIGKILL);
    master.wait();
  }
  write("two.map", "no palette any more");
  ASSERT_EQ(run_master({"--resume", png}).status, 0);
  EXPECT_EQ(bytes_of(png), bytes_of(dir_.path("whole.png")));
}

}  // namespace
}  // namespace mandel::e2e
