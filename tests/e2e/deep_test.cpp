// True-count on the whole farm: one picture has one digest, whoever computes which chunk of it, and
// whatever befalls them.
#include <algorithm>
#include <csignal>
#include <gtest/gtest.h>

#include "process.h"
#include "tests/golden/deep_jobs.h"

namespace mandel::e2e {
namespace {

class DeepJob : public testing::Test {
 protected:
  void SetUp() override {
#ifndef MANDEL_HAVE_DEEP
    GTEST_SKIP() << "built without GMP and MPFR";
#endif
  }

  std::vector<std::string> options_of(const DeepGolden& golden,
                                      std::vector<std::string> more) const {
    const std::string side = std::to_string(golden.side);
    std::vector<std::string> options = {"--size",     side + "x" + side,
                                        "--center",   golden.re + "," + golden.im,
                                        "--span",     golden.span,
                                        "--counts",   "true",
                                        "--max-iter", std::to_string(golden.max_iter)};
    options.insert(options.end(), more.begin(), more.end());
    return options;
  }
  void expect_golden(const MasterRun& run, const DeepGolden& golden) const {
    ASSERT_EQ(run.status, 0) << run.err;
    EXPECT_EQ(run.json["counts"], "true-count");
    EXPECT_EQ(run.json["sum"], golden.sum);
    EXPECT_EQ(run.json["counts_sha256"], golden.sha256);
  }
  // The journal has chunks, or the job is over.
  bool has_begun(const Process& master) const {
    return eventually([&] {
      std::error_code none;
      const auto size = std::filesystem::file_size(npy_ + ".journal", none);
      return (!none && size > 600) || !master.out().empty();
    });
  }

  const DeepGolden golden_ = deep_golden("seahorse-48");
  TempDir dir_;
  const std::string npy_ = dir_.path("p.npy");
};

TEST_F(DeepJob, HasItsDigestAtEveryChunkCountWhateverKernelTheWorkersHave) {
  std::vector<Worker> workers;
  workers.emplace_back(std::vector<std::string>{"--threads", "1", "--kernel", "deep-naive"});
  workers.emplace_back(std::vector<std::string>{"--threads", "2"});
  for (const char* name : {"seahorse-48", "whole-64"})
    for (const char* chunks : {"1", "7", "64"}) {
      SCOPED_TRACE(std::string(name) + " in " + chunks);
      const DeepGolden golden = deep_golden(name);
      const MasterRun run =
          run_master(options_of(golden, {"--chunks", chunks, "--hosts", hosts(workers)}));
      expect_golden(run, golden);
      std::uint64_t decided = 0;
      for (const auto& pixels : run.json["decided"]) decided += pixels.get<std::uint64_t>();
      EXPECT_EQ(decided, std::uint64_t{golden.side} * golden.side) << run.json["decided"];
      EXPECT_GE(run.json["oracle_pixels"], 1);
    }
}

TEST_F(DeepJob, SaysWhatDecidedItsPixelsAndWhatWasPrepared) {
  const DeepGolden golden = deep_golden("whole-64");
  const Worker naive({"--threads", "1", "--kernel", "deep-naive"});
  const MasterRun slow = run_master(options_of(golden, {"--hosts", naive.address()}));
  expect_golden(slow, golden);
  EXPECT_EQ(slow.json["decided"]["third_rung"], golden.side * golden.side) << slow.json["decided"];
  const Worker ladder;
  const MasterRun quick = run_master(options_of(golden, {"--hosts", ladder.address()}));
  expect_golden(quick, golden);
  EXPECT_GT(quick.json["decided"]["first_rung"], 4000);
  EXPECT_GT(quick.json["preparing_seconds"], 0);
}

// Two differ, and the oracle says who is wrong.
TEST_F(DeepJob, DoesWithoutTheCountsOfALiar) {
  const Worker liar(MANDEL_STRANGE_WORKER, {"lies-always"});
  const Worker honest({"--threads", "1"});
  const MasterRun run = run_master(
      options_of(golden_, {"--chunks", "12", "--audit", "1", "--hosts",
                           liar.address() + "," + honest.address(), "--audit-pixels", "0"}));
  expect_golden(run, golden_);
  EXPECT_NE(run.out.find("Not used any more: " + liar.address()), std::string::npos) << run.out;
}

// The journal says what its counts mean.
TEST_F(DeepJob, DoesNotGoOnWithOtherCountsOfTheSameView) {
  const Worker worker;
  auto options = options_of(
      golden_, {"--chunks", "48", "--continue", "--hosts", worker.address(), "--output", npy_});
  {
    Process master(master_command(options));
    ASSERT_TRUE(has_begun(master)) << master.err();
    master.signal(SIGKILL);
    master.wait();
  }
  std::ranges::replace(options, "true", "f64");
  const MasterRun run = run_master(options);
  EXPECT_EQ(run.status, 2) << run.err;
  EXPECT_NE(run.err.find("another job"), std::string::npos) << run.err;
}

TEST_F(DeepJob, GoesOnAfterItsMasterWasKilled) {
  const Worker worker;
  {
    Process master(master_command(
        options_of(golden_, {"--chunks", "48", "--hosts", worker.address(), "--output", npy_})));
    ASSERT_TRUE(has_begun(master)) << master.err();
    master.signal(SIGKILL);
    master.wait();
  }
  expect_golden(run_master(options_of(golden_, {"--chunks", "48", "--continue", "--hosts",
                                                worker.address(), "--output", npy_})),
                golden_);
}

TEST_F(DeepJob, LosesAWorkerAndNoCount) {
  Worker doomed({"--threads", "1", "--kernel", "deep-naive"});
  const Worker other({"--threads", "1", "--kernel", "deep-naive"});
  Process master(master_command(
      options_of(golden_, {"--chunks", "12", "--hosts", doomed.address() + "," + other.address(),
                           "--output", npy_, "--expect-sum", std::to_string(golden_.sum)})));
  ASSERT_TRUE(has_begun(master)) << master.err();
  doomed.process().signal(SIGKILL);
  EXPECT_EQ(master.wait(), 0) << master.err();
}

TEST_F(DeepJob, GetsNoCountsOfDoubles) {
  const Worker exact({"--threads", "1", "--kernel", "scalar"});
  const MasterRun run = run_master(
      options_of(deep_golden("whole-64"), {"--hosts", exact.address(), "--patience", "2"}));
  EXPECT_EQ(run.status, 4);
  EXPECT_NE(run.err.find("it computes no true-count, which this job needs"), std::string::npos)
      << run.err;
}

TEST_F(DeepJob, IsMadeOfAViewThatDoublesCantResolveAndSaysSo) {
  const MasterRun run = run_master(
      {"--size", "4x4", "--center", "-1.75,1e-40", "--span", "1e-30", "--max-iter", "200"});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.json["counts"], "true-count");
  EXPECT_NE(run.err.find("64-bit numbers can't tell the view's pixels apart"), std::string::npos);
  const MasterRun kept = run_master({"--size", "4x4", "--center", "-1.75,1e-40", "--span", "1e-30",
                                     "--max-iter", "200", "--counts", "f64"});
  ASSERT_EQ(kept.status, 0) << kept.err;
  EXPECT_EQ(kept.json["counts"], "exact-f64");
  EXPECT_NE(kept.err.find("are different points"), std::string::npos);
}

}  // namespace
}  // namespace mandel::e2e
