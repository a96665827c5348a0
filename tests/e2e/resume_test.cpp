// Masters that are killed or interrupted, and the ones that go on where they stopped.
#include <csignal>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <thread>

#include "process.h"

namespace mandel::e2e {
namespace {

const std::vector<std::string> kInterruptedJob = {
    "--size", "600x600",  "--center", "-0.7453,0.1127", "--span",
    "6.5e-4", "--chunks", "120",      "--max-iter",     "5000"};

std::vector<std::string> with(std::vector<std::string> options,
                              const std::vector<std::string>& more) {
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Resumed : public testing::Test {
 protected:
  // How many chunks the journal knows of, roughly: each adds some 30 bytes.
  bool journal_grows_beyond(std::uintmax_t bytes) const {
    return eventually([&] {
      std::error_code none;
      const auto size = std::filesystem::file_size(journal_, none);
      return !none && size > bytes;
    });
  }
  // A master that is killed with some chunks done.
  void begin_and_die(const Worker& worker) const {
    Process master(
        master_command(with(kInterruptedJob, {"--hosts", worker.address(), "--output", npy_})));
    ASSERT_TRUE(journal_grows_beyond(500)) << master.err();
    master.signal(SIGKILL);
    master.wait();
  }
  // Nothing is left of the job but its pictures.
  void expect_only(std::vector<std::string> names) const {
    std::vector<std::string> found;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::filesystem::path(journal_).parent_path()))
      found.push_back(entry.path().filename());
    std::ranges::sort(found);
    std::ranges::sort(names);
    EXPECT_EQ(found, names);
  }

  TempDir dir_;
  TempDir reference_;
  const std::string npy_ = dir_.path("p.npy");
  const std::string png_ = dir_.path("p.png");
  const std::string journal_ = npy_ + ".journal";
};

TEST_F(Resumed, AMasterKilledAgainAndAgainEndsWithTheSameBytes) {
  ASSERT_EQ(run_master(with(kInterruptedJob, {"--output", reference_.path("p.npy"), "--output",
                                              reference_.path("p.png")}))
                .status,
            0);
  const Worker worker({"--threads", "1", "--kernel", "scalar"});
  {
    Process master(master_command(
        with(kInterruptedJob, {"--hosts", worker.address(), "--output", npy_, "--output", png_})));
    ASSERT_TRUE(journal_grows_beyond(500)) << master.err();
    master.signal(SIGKILL);
    ASSERT_EQ(master.wait(), 128 + SIGKILL);
  }
  for (int round = 1; round <= 2; ++round) {
    const auto before = std::filesystem::file_size(journal_);
    Process master(master_command({"--resume", journal_, "--hosts", worker.address()}));
    ASSERT_TRUE(journal_grows_beyond(before + 300)) << master.err();
    master.signal(SIGKILL);
    ASSERT_EQ(master.wait(), 128 + SIGKILL);
  }
  const MasterRun last = run_master({"--resume", journal_, "--hosts", worker.address()});
  ASSERT_EQ(last.status, 0) << last.err;
  EXPECT_GT(last.json["chunks_resumed"], 20);
  EXPECT_EQ(content_of(npy_), content_of(reference_.path("p.npy")));
  EXPECT_EQ(content_of(png_), content_of(reference_.path("p.png")));
  expect_only({"p.npy", "p.png"});
}

TEST_F(Resumed, ASupersampledPictureHasTheSameBytes) {
  const auto job = with(kInterruptedJob, {"--supersample", "3", "--inside", "102030"});
  ASSERT_EQ(run_master(with(job, {"--output", reference_.path("p.png")})).status, 0);
  const Worker worker({"--threads", "1", "--kernel", "scalar"});
  Process master(master_command(with(job, {"--hosts", worker.address(), "--output", png_})));
  const std::string journal = png_ + ".journal";
  ASSERT_TRUE(eventually([&] {
    std::error_code none;
    const auto size = std::filesystem::file_size(journal, none);
    return !none && size > 600;
  })) << master.err();
  master.signal(SIGKILL);
  ASSERT_EQ(master.wait(), 128 + SIGKILL);
  const MasterRun resumed = run_master({"--resume", journal, "--hosts", worker.address()});
  ASSERT_EQ(resumed.status, 0) << resumed.err;
  EXPECT_EQ(content_of(png_), content_of(reference_.path("p.png")));
}

TEST_F(Resumed, AnInterruptedMasterSaysHowToGoOnAndThatWorks) {
  const Worker worker({"--threads", "1", "--kernel", "scalar"});
  Process master(
      master_command(with(kInterruptedJob, {"--hosts", worker.address(), "--output", npy_})));
  ASSERT_TRUE(journal_grows_beyond(500)) << master.err();
  master.signal(SIGINT);
  ASSERT_EQ(master.wait(), 130);
  EXPECT_NE(master.err().find("--resume " + journal_), std::string::npos) << master.err();
  const MasterRun last = run_master({"--resume", journal_});
  ASSERT_EQ(last.status, 0) << last.err;
  const MasterRun whole = run_master(kInterruptedJob);
  EXPECT_EQ(last.json["counts_sha256"], whole.json["counts_sha256"]);
  EXPECT_EQ(last.json["sum"], whole.json["sum"]);
}

TEST_F(Resumed, AnUnfinishedJobIsNotOverwritten) {
  const Worker worker({"--threads", "1", "--kernel", "scalar"});
  ASSERT_NO_FATAL_FAILURE(begin_and_die(worker));
  const MasterRun again = run_master(with(kInterruptedJob, {"--output", npy_}));
  EXPECT_EQ(again.status, 2);
  EXPECT_NE(again.err.find("--resume " + journal_), std::string::npos) << again.err;
}

// Somebody wrote over the counts in between: the hashes know.
TEST_F(Resumed, CountsThatWereDamagedOnTheDiskAreComputedAgain) {
  const Worker worker({"--threads", "1", "--kernel", "scalar"});
  ASSERT_NO_FATAL_FAILURE(begin_and_die(worker));
  {
    std::fstream part(npy_ + ".part", std::ios::in | std::ios::out | std::ios::binary);
    ASSERT_TRUE(part.good());
    part.seekp(4000);
    part << "not counts";
  }
  const MasterRun last = run_master({"--resume", journal_});
  ASSERT_EQ(last.status, 0) << last.err;
  EXPECT_NE(last.err.find("computed again"), std::string::npos) << last.err;
  EXPECT_EQ(last.json["counts_sha256"], run_master(kInterruptedJob).json["counts_sha256"]);
}

}  // namespace
}  // namespace mandel::e2e
