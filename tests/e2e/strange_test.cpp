// Workers whose kernels lie, die, hang or fail, each a real process beside sound ones. Whatever
// they do, the picture is right, or the master says what is missing.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "common/wire/job.h"
#include "long_job.h"
#include "process.h"

namespace mandel::e2e {
namespace {

class LiarInALongJob : public LongJob {};

Worker strange(std::vector<std::string> manner) {
  return Worker(MANDEL_STRANGE_WORKER, std::move(manner));
}

Worker slow() { return Worker({"--threads", "1", "--kernel", "scalar"}); }

std::string list(std::initializer_list<const Worker*> workers) {
  std::string text;
  for (const Worker* worker : workers) text += (text.empty() ? "" : ",") + worker->address();
  return text;
}

const nlohmann::json& totals_of(const MasterRun& run, const Worker& worker) {
  for (const auto& totals : run.json["workers"])
    if (totals["address"] == worker.address()) return totals;
  throw std::runtime_error("no such worker in the table");
}

TEST(Liar, IsCaughtByAnAuditAndEverythingItMadeIsComputedAgain) {
  const Worker liar = strange({"lies-always"});
  const Worker honest[] = {slow(), slow()};
  const MasterRun run = run_master(
      {"--chunks", "100", "--audit", "0.1", "--hosts", list({&liar, &honest[0], &honest[1]})});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.json["counts_sha256"], kTutorialDigest);
  EXPECT_EQ(totals_of(run, liar)["chunks"], 0) << run.out;
  EXPECT_NE(run.out.find("Not used any more: " + liar.address()), std::string::npos) << run.out;
}

// It earns trust first, so that some of its wrong chunks are accepted before one is checked. The
// job is a long one: the other worker, who has to confirm ten chunks by then, may be late, and may
// hold two dozen of its own that go first.
TEST_F(LiarInALongJob, ThatBeganHonestlyLosesAllItsChunksOnceCaught) {
  const Worker liar = strange({"lies-after", "100"});
  const Worker honest = slow();
  Process master = start(list({&liar, &honest}), {"--chunks", "600", "--audit", "0.2"});
  expect_right(master);
  EXPECT_GT(totals_of(liar.address())["revoked"], 0) << master.out();
  EXPECT_NE(master.out().find("computed again by others"), std::string::npos) << master.out();
}

TEST(Liar, WithNobodyToAskIsCaughtByTheMaster) {
  const Worker liar = strange({"lies-always"});
  const MasterRun run = run_master({"--chunks", "20", "--audit", "0.1", "--hosts", liar.address()});
  EXPECT_EQ(run.status, 3) << run.err;
  EXPECT_NE(run.err.find("its counts of chunk"), std::string::npos) << run.err;
}

TEST(Audit, LeavesHonestWorkersAlone) {
  const Worker honest[] = {slow(), slow()};
  const MasterRun run =
      run_master({"--chunks", "60", "--audit", "1", "--hosts", list({&honest[0], &honest[1]})});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.json["counts_sha256"], kTutorialDigest);
  EXPECT_TRUE(run.json["quarantined"].empty());
}

TEST(Audit, OfASingleHonestWorkerIsDoneByTheMaster) {
  const Worker honest = slow();
  const MasterRun run =
      run_master({"--chunks", "30", "--audit", "0.5", "--hosts", honest.address()});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.json["counts_sha256"], kTutorialDigest);
}

// The tutorial's row 201, in the 41st of 100 chunks.
TEST(PoisonChunk, IsSetAsideAfterThreeWorkersAndNamed) {
  const double row = axes_of(Job{}).ys[201];
  const std::string number = fmt::format("{}", row);
  std::vector<Worker> victims;
  for (int k = 0; k < 3; ++k) victims.push_back(strange({"dies-at-row", number}));
  const Worker sound = strange({"dies-at-row", number});
  const MasterRun run =
      run_master({"--chunks", "100", "--hosts",
                  list({&victims[0], &victims[1], &victims[2], &sound}), "--patience", "20"});
  EXPECT_EQ(run.status, 3) << run.err;
  EXPECT_NE(run.err.find("chunk 40, rows 200 to 204, is missing"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("99 of 100 chunks were done"), std::string::npos) << run.err;
}

TEST(HungKernel, LosesItsChunkToAnotherWorkerThoughItsWorkerStillBeats) {
  const Worker hung = strange({"hangs-first"});
  const Worker sound = slow();
  const MasterRun run =
      run_master({"--chunks", "20", "--hosts", list({&hung, &sound}), "--verbose"});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.json["counts_sha256"], kTutorialDigest);
  EXPECT_EQ(run.err.find("lost " + hung.address()), std::string::npos) << run.err;
}

TEST(HungKernel, OfTheOnlyWorkerEndsThatWorkerAndTheJobWithIt) {
  Worker hung = strange({"hangs-first"});
  const MasterRun run =
      run_master({"--chunks", "20", "--hosts", hung.address(), "--patience", "1"});
  EXPECT_EQ(run.status, 4) << run.err;
  EXPECT_EQ(hung.process().wait(), 1);
  EXPECT_NE(hung.process().out().find("a lane hangs"), std::string::npos);
}

TEST(FailingKernel, CostsItsWorkerTheMastersConfidence) {
  const Worker failing = strange({"fails-always"});
  const Worker sound = slow();
  const MasterRun run = run_master({"--chunks", "20", "--hosts", list({&failing, &sound})});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.json["counts_sha256"], kTutorialDigest);
}

TEST(FailingKernel, OfTheOnlyWorkerEndsTheJobSoon) {
  const Worker failing = strange({"fails-always"});
  const MasterRun run = run_master({"--chunks", "20", "--hosts", failing.address()});
  EXPECT_EQ(run.status, 3) << run.err;
  EXPECT_NE(run.err.find("no worker is left that can be trusted"), std::string::npos) << run.err;
}

TEST(FailingChunk, OfTheOnlyWorkerIsSetAsideAndAllOthersAreComputed) {
  const Worker worker = strange({"fails-at-row", fmt::format("{}", axes_of(Job{}).ys[201])});
  const MasterRun run = run_master({"--chunks", "100", "--hosts", worker.address()});
  EXPECT_EQ(run.status, 3) << run.err;
  EXPECT_NE(run.err.find("chunk 40, rows 200 to 204, is missing"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("99 of 100 chunks were done"), std::string::npos) << run.err;
  EXPECT_EQ(run.err.find("is not used any more"), std::string::npos) << run.err;
}

TEST(Explain, TellsTheLifeOfOneChunk) {
  const Worker worker = slow();
  const MasterRun run =
      run_master({"--chunks", "20", "--hosts", worker.address(), "--explain", "7"});
  ASSERT_EQ(run.status, 0) << run.err;
  const auto granted = run.out.find("granted to " + worker.address());
  const auto accepted = run.out.find("accepted");
  EXPECT_NE(granted, std::string::npos) << run.out;
  EXPECT_LT(granted, accepted) << run.out;
}

}  // namespace
}  // namespace mandel::e2e
