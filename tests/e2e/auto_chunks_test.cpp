// --chunks auto: a job begins with a few chunks, and the rest is cut when they have told how. What
// goes wrong in between must cost no pixel and hold nobody up.
#include <csignal>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

#include "process.h"

namespace mandel::e2e {
namespace {

const std::vector<std::string> kView = {"--size", "600x600", "--center",   "-0.7453,0.1127",
                                        "--span", "6.5e-4",  "--max-iter", "5000"};

std::vector<std::string> job(std::vector<std::string> more) {
  more.insert(more.end(), kView.begin(), kView.end());
  return more;
}

class AutoChunks : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!digest_.empty()) return;
    const MasterRun run = run_master(job({"--chunks", "40"}));
    ASSERT_EQ(run.status, 0) << run.err;
    digest_ = run.json["counts_sha256"];
  }
  void expect_right(const MasterRun& run) const {
    ASSERT_EQ(run.status, 0) << run.err;
    EXPECT_EQ(run.json["counts_sha256"], digest_);
  }
  static std::vector<Worker> slow_workers(int number) {
    std::vector<Worker> workers;
    for (int k = 0; k < number; ++k)
      workers.emplace_back(std::vector<std::string>{"--threads", "1", "--kernel", "scalar"});
    return workers;
  }
  // A master at the job, of which some chunks, and not all of the opening, are done.
  Process opened(const std::vector<Worker>& workers) const {
    Process master(master_command(
        job({"--chunks", "auto", "--hosts", hosts(workers), "--output", npy_, "--json", json_})));
    EXPECT_TRUE(eventually([this] { return journal_has_chunks(); })) << master.err();
    return master;
  }
  // More than the first record, which begins with its length.
  bool journal_has_chunks() const {
    std::ifstream file(npy_ + ".journal", std::ios::binary);
    const std::vector<unsigned char> bytes{std::istreambuf_iterator<char>(file), {}};
    return bytes.size() > 2 && bytes.size() > 8u + bytes[0] + 256u * bytes[1];
  }
  MasterRun finished(Process& master) const {
    const int status = master.wait().value_or(-1);
    std::ifstream file(json_);
    return {status, master.out(), master.err(),
            status == 0 ? nlohmann::json::parse(file) : nlohmann::json()};
  }

  TempDir dir_;
  const std::string npy_ = dir_.path("p.npy");
  const std::string json_ = dir_.path("r.json");
  static std::string digest_;
};

std::string AutoChunks::digest_;

TEST_F(AutoChunks, MakeTheSamePictureAndSayHowManyAndWhy) {
  std::vector<Worker> workers;
  for (int k = 0; k < 2; ++k) workers.emplace_back();
  const MasterRun run = run_master(job({"--chunks", "auto", "--hosts", hosts(workers)}));
  expect_right(run);
  EXPECT_NE(run.err.find("--chunks auto: 8 chunks, then "), std::string::npos) << run.err;
  EXPECT_GT(run.json["chunks"], 8);
}

TEST_F(AutoChunks, OfAPictureThatIsTooSmallAreByItsSize) {
  const MasterRun run = run_master({"--tutorial-size", "50", "--chunks", "auto"});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.err.find("too few rows"), std::string::npos) << run.err;
}

TEST_F(AutoChunks, AreAudited) {
  const auto workers = slow_workers(2);
  expect_right(run_master(job({"--chunks", "auto", "--audit", "1", "--hosts", hosts(workers)})));
}

TEST_F(AutoChunks, AWorkerKilledInTheOpeningCostsNoPixel) {
  auto workers = slow_workers(2);
  Process master = opened(workers);
  workers[0].process().signal(SIGKILL);
  expect_right(finished(master));
}

TEST_F(AutoChunks, AWorkerThatStandsStillInTheOpeningHoldsNobodyUp) {
  auto workers = slow_workers(2);
  Process master = opened(workers);
  workers[0].process().signal(SIGSTOP);
  const MasterRun run = finished(master);
  workers[0].process().signal(SIGCONT);
  expect_right(run);
}

TEST_F(AutoChunks, AMasterKilledInTheOpeningOrLaterIsFollowedByAnother) {
  const auto workers = slow_workers(1);
  for (const bool is_later : {false, true}) {
    Process master = opened(workers);
    if (is_later) {
      ASSERT_TRUE(master.prints_error("--chunks auto: ")) << master.err();
    }
    master.signal(SIGKILL);
    ASSERT_EQ(master.wait(), 128 + SIGKILL);
    const MasterRun run = run_master({"--resume", npy_, "--hosts", hosts(workers)});
    expect_right(run);
    EXPECT_GE(run.json["chunks_resumed"], 1);
    EXPECT_LT(run.json["chunks"], 150) << "rows are not chunks";
    std::filesystem::remove(npy_);
  }
}

TEST_F(AutoChunks, HaveNoNumbersToExplainBeforehand) {
  const MasterRun run = run_master(job({"--chunks", "auto", "--explain", "3"}));
  EXPECT_EQ(run.status, 2);
  EXPECT_NE(run.err.find("--explain: with --chunks auto"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace mandel::e2e
