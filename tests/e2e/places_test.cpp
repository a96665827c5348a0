// Places of other programs, from their files to a picture and back; and the oracle, which looks
// over the shoulder of all who compute one.
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "process.h"
#include "tests/golden/deep_jobs.h"

namespace mandel::e2e {
namespace {

class Place : public testing::Test {
 protected:
  void SetUp() override {
#ifndef MANDEL_HAVE_DEEP
    GTEST_SKIP() << "built without GMP and MPFR";
#endif
  }

  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(dir_.path(name)) << text;
    return dir_.path(name);
  }
  // The golden picture's place: 48 pixels of 1e-11, so that zoom 1 is 25/3 e9 times as high.
  std::string kfr(const std::string& last_lines) const {
    return file("place.kfr", "Re: " + golden_.re + "\r\nIm: " + golden_.im +
                                 "\r\nZoom: 8333333333.33333333333333333333333333333333333333333333"
                                 "3333333333\r\n" +
                                 last_lines);
  }
  MasterRun computed(const std::string& place, std::vector<std::string> more) const {
    more.insert(more.end(), {"--location", place, "--size", "48x48", "--counts", "true"});
    return run_master(std::move(more));
  }

  const DeepGolden golden_ = deep_golden("seahorse-48");
  TempDir dir_;
};

TEST_F(Place, OfAFileBecomesItsPictureAndAFileAgain) {
  const std::string saved = dir_.path("saved.toml");
  const MasterRun run = computed(kfr("Iterations: 5000\r\n"), {"--save-location", saved});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.json["counts_sha256"], golden_.sha256);
  EXPECT_GE(run.json["oracle_pixels"], 1);
  EXPECT_NE(run.out.find("Pixels that the oracle counted, too"), std::string::npos) << run.out;
  const MasterRun again = computed(saved, {"--audit-pixels", "0"});
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(again.json["counts_sha256"], golden_.sha256);
  EXPECT_EQ(again.json["oracle_pixels"], 0);
}

TEST_F(Place, OfABadFileIsRefusedInASentence) {
  const auto refused = [&](const std::string& place, const char* why) {
    const MasterRun run = computed(place, {});
    EXPECT_EQ(run.status, 2) << run.err;
    EXPECT_NE(run.err.find("--location: " + place), std::string::npos) << run.err;
    EXPECT_NE(run.err.find(why), std::string::npos) << run.err;
  };
  refused(kfr("Iterations: 50"), "ends within the line of 'Iterations'");
  refused(kfr("Iterations: 5000\r\nRotateAngle: 30\r\n"), "asks for a rotated view");
  refused(kfr(""), "has no limit of iterations: give --max-iter");
}

TEST_F(Place, OfTheTutorialHasNoFile) {
  const MasterRun run = run_master({"--save-location", dir_.path("a.kfr")});
  EXPECT_EQ(run.status, 2) << run.err;
  EXPECT_NE(run.err.find("--save-location: the tutorial's grid"), std::string::npos) << run.err;
}

// All workers are of one mind, and wrong.
TEST_F(Place, WhoseCountsTheOracleRefutesIsNotDelivered) {
  const Worker liar(MANDEL_STRANGE_WORKER, {"lies-always"});
  const std::string png = dir_.path("a.png");
  const MasterRun run =
      computed(kfr("Iterations: 5000\r\n"),
               {"--hosts", liar.address(), "--output", png, "--audit-pixels", "10"});
  EXPECT_EQ(run.status, 3) << run.err;
  EXPECT_NE(run.err.find("--audit-pixels: the pixel in column"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find(", but " + liar.address() + " says"), std::string::npos) << run.err;
  EXPECT_FALSE(std::filesystem::exists(png));
  EXPECT_TRUE(std::filesystem::exists(png + ".journal")) << "everything is kept";
  EXPECT_TRUE(std::filesystem::exists(png + ".counts.part"));
}

TEST_F(Place, OfAnExactJobHasNoOracle) {
  const MasterRun run = run_master({"--audit-pixels", "5"});
  EXPECT_EQ(run.status, 2) << run.err;
  EXPECT_NE(run.err.find("--audit-pixels: only counts of true-count"), std::string::npos)
      << run.err;
}

}  // namespace
}  // namespace mandel::e2e
