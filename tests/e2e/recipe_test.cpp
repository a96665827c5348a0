// Pictures that say how they were made, and are made again.
#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <unistd.h>

#include "process.h"

namespace mandel::e2e {
namespace {

const std::vector<std::string> kRecipeJob = {
    "--size", "90x60",         "--center", "-0.7453,0.1127", "--span", "6.5e-4", "--max-iter",
    "2000",   "--supersample", "2",        "--inside",       "102030"};

std::vector<std::string> job_with(std::vector<std::string> options,
                                  const std::vector<std::string>& more) {
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

std::string bytes_in(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

MasterRun info(const std::string& path) {
  Process process(master_command({"info", path}));
  const int status = process.wait().value_or(-1);
  return {status, process.out(), process.err(), {}};
}

class RecipeOf : public testing::Test {
 protected:
  RecipeOf() {
    const MasterRun made =
        run_master(job_with(kRecipeJob, {"--output", png_, "--output", npy_, "--sidecar"}));
    EXPECT_EQ(made.status, 0) << made.err;
  }

  std::ptrdiff_t files_there() const {
    return std::ranges::distance(std::filesystem::directory_iterator(dir_.path("")));
  }

  TempDir dir_;
  const std::string png_ = dir_.path("a.png");
  const std::string npy_ = dir_.path("a.npy");
};

TEST_F(RecipeOf, APictureIsMadeAgainByAnotherMachine) {
  const Worker worker({"--threads", "1", "--kernel", "scalar"});
  const std::string again = dir_.path("b.png");
  const MasterRun run = run_master(
      {"--again", png_, "--hosts", worker.address(), "--chunks", "7", "--output", again});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.err.find("the counts are the same as when " + png_ + " was made"),
            std::string::npos)
      << run.err;
  EXPECT_EQ(bytes_in(again), bytes_in(png_));
}

TEST_F(RecipeOf, ASidecarSaysTheSame) {
  EXPECT_EQ(run_master({"--again", npy_}).status, 0);
  const MasterRun of_png = info(png_);
  const MasterRun of_npy = info(npy_);
  EXPECT_EQ(of_png.status, 0) << of_png.err;
  EXPECT_NE(of_png.out.find("90 x 60 pixels of 2 x 2 counts"), std::string::npos) << of_png.out;
  EXPECT_NE(of_png.out.find("ultra inside=#102030 supersample=2"), std::string::npos);
  const auto facts = [](const std::string& text) {
    return text.substr(text.find('\n'), text.rfind("  again") - text.find('\n'));
  };
  EXPECT_EQ(facts(of_png.out), facts(of_npy.out));
  EXPECT_FALSE(std::filesystem::exists(png_ + ".json")) << "a picture needs none";
}

TEST_F(RecipeOf, OtherCountsFailAndWriteNothing) {
  const auto files = files_there();
  const std::string picture = bytes_in(png_);
  std::string sidecar = bytes_in(npy_ + ".json");
  const auto digest = sidecar.find("counts_sha256\":\"") + 16;
  sidecar[digest] = sidecar[digest] == '0' ? '1' : '0';
  std::ofstream(npy_ + ".json") << sidecar;
  const MasterRun run = run_master({"--again", npy_, "--output", png_});
  EXPECT_EQ(run.status, 3) << run.err;
  EXPECT_NE(run.err.find("--again: the counts' SHA-256 is "), std::string::npos) << run.err;

  const auto sum = sidecar.find("\"sum\":") + 6;
  sidecar[sum] = sidecar[sum] == '9' ? '8' : '9';
  std::ofstream(npy_ + ".json") << sidecar;
  const MasterRun other_sum = run_master({"--again", npy_, "--output", png_});
  EXPECT_EQ(other_sum.status, 3) << other_sum.err;
  EXPECT_NE(other_sum.err.find("--again: the sum is "), std::string::npos) << other_sum.err;
  EXPECT_EQ(bytes_in(png_), picture);
  EXPECT_EQ(files_there(), files) << "nothing from which --resume could write it";
}

// What --resume goes on with is still to be compared.
class Again : public RecipeOf, public testing::WithParamInterface<bool> {};

TEST_P(Again, ThatWasInterruptedComparesWhenItGoesOn) {
  const bool is_same = GetParam();
  std::string sidecar = bytes_in(npy_ + ".json");
  const auto digest = sidecar.find("counts_sha256\":\"") + 16;
  if (!is_same) sidecar[digest] = sidecar[digest] == '0' ? '1' : '0';
  std::ofstream(npy_ + ".json") << sidecar;
  const std::string other = dir_.path("other.npy");
  const std::string journal = other + ".journal";
  Process begun(master_command({"--again", npy_, "--hosts", "127.0.0.1:1", "--output", other}));
  ASSERT_TRUE(eventually([&] {
    std::error_code none;
    const auto bytes = std::filesystem::file_size(journal, none);
    return !none && bytes > 0;
  })) << begun.err();
  begun.signal(SIGKILL);
  begun.wait();
  const MasterRun resumed = run_master({"--resume", journal});
  EXPECT_EQ(resumed.status, is_same ? 0 : 3) << resumed.err;
  EXPECT_NE(resumed.err.find(is_same ? "the counts are the same as when the picture of --again"
                                     : "--again: the counts' SHA-256 is "),
            std::string::npos)
      << resumed.err;
  EXPECT_EQ(std::filesystem::exists(other), is_same);
  EXPECT_FALSE(std::filesystem::exists(journal));
}
INSTANTIATE_TEST_SUITE_P(, Again, testing::Bool());

TEST_F(RecipeOf, OtherProgramsPicturesAreRefusedBeforeComputing) {
  const std::string foreign_bytes = bytes_in(png_);
  const auto text = foreign_bytes.find("iTXtmandel");
  ASSERT_NE(text, std::string::npos);
  const std::string foreign = dir_.path("foreign.png");
  std::ofstream(foreign) << foreign_bytes.substr(0, text - 4)
                         << foreign_bytes.substr(foreign_bytes.size() - 12);
  for (const MasterRun& run : {run_master({"--again", foreign}), info(foreign)}) {
    EXPECT_EQ(run.status, 2);
    EXPECT_NE(run.err.find(foreign + " does not say how it was made"), std::string::npos)
        << run.err;
    EXPECT_EQ(run.out, "");
  }
}

TEST_F(RecipeOf, NothingOfThisMachineIsInThePicture) {
  std::array<char, 256> host{};
  ASSERT_EQ(gethostname(host.data(), host.size() - 1), 0);
  for (const std::string& file : {png_, npy_ + ".json"}) {
    const std::string bytes = bytes_in(file);
    EXPECT_EQ(bytes.find(dir_.path("")), std::string::npos) << file;
    const std::string name = host.data();
    if (name.size() > 3) {
      EXPECT_EQ(bytes.find(name), std::string::npos) << file;
    }
  }
}

}  // namespace
}  // namespace mandel::e2e
