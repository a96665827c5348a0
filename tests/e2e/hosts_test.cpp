// Workers that come and go by what the user says of them, while a job runs.
#include <csignal>
#include <fstream>
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include "long_job.h"

namespace mandel::e2e {
namespace {

class Hosts : public LongJob {
 protected:
  std::string file() const { return dir_.path("hosts"); }
  // In place, as an editor that keeps the file does.
  void write(const std::string& contents) const { std::ofstream(file()) << contents; }

  const TempDir dir_;
};

TEST_F(Hosts, ALineAddedJoinsAndALineRemovedDrains) {
  Worker first(kSlowly);
  Worker second(kSlowly);
  write("# the first desk\n" + first.address() + "\n");
  Process master = start_with({"--hosts-file", file()});
  ASSERT_TRUE(master.prints_error(first.address() + " is ready")) << master.err();
  write(first.address() + "\n" + second.address() + "\n");
  ASSERT_TRUE(master.prints_error(second.address() + " is ready")) << master.err();
  write(second.address() + "\n");
  ASSERT_TRUE(master.prints_error(first.address() + " is not wanted any more")) << master.err();
  ASSERT_TRUE(master.prints_error(first.address() + " has left")) << master.err();
  EXPECT_FALSE(is_over());
  expect_right(master);
  EXPECT_GT(totals_of(first.address())["chunks"], 0);
  EXPECT_EQ(totals_of(first.address())["lost"], 0) << master.err();
  EXPECT_GT(totals_of(second.address())["chunks"], 0);
}

TEST_F(Hosts, ALineRemovedAndWrittenAgainIsUsedAgain) {
  Worker first(kSlowly);
  Worker second(kSlowly);
  const std::string both = first.address() + "\n" + second.address() + "\n";
  write(both);
  Process master = start_with({"--hosts-file", file()});
  ASSERT_TRUE(master.prints_error(first.address() + " is ready")) << master.err();
  write(second.address() + "\n");
  ASSERT_TRUE(master.prints_error(first.address() + " has left")) << master.err();
  write(both);
  ASSERT_TRUE(master.prints_error(first.address() + " is wanted again")) << master.err();
  EXPECT_FALSE(is_over());
  expect_right(master);
}

TEST_F(Hosts, AFileThatNamesNobodyYetIsWaitedFor) {
  write("# nobody yet\n");
  Process master = start_with({"--hosts-file", file(), "--patience", "60"});
  const Worker worker(kSlowly);
  write(worker.address() + "\n");
  ASSERT_TRUE(master.prints_error(worker.address() + " is ready")) << master.err();
  expect_right(master);
}

TEST_F(Hosts, AFileThatNamesNobodyEverEndsTheJob) {
  write("");
  const MasterRun run = run_master({"--hosts-file", file(), "--patience", "1"});
  EXPECT_EQ(run.status, 4) << run.err;
  EXPECT_NE(run.err.find("no worker could be used"), std::string::npos) << run.err;
}

TEST_F(Hosts, AnExpressionNamesEachOfThem) {
  const Worker worker({"--threads", "1"});
  const auto port = worker.address().substr(worker.address().find(':'));
  const MasterRun run =
      run_master({"--hosts", "127.0.0.[1-1]" + port, "--expect-sum", kTutorialSum});
  EXPECT_EQ(run.status, 0) << run.err;
}

TEST_F(Hosts, ASweepTakesAFileAsItIsWhenTheRunsBegin) {
  const Worker worker({"--threads", "1"});
  write(worker.address() + "\n");
  Process master(master_command(
      {"sweep", "--hosts-file", file(), "--chunks", "1,4", "--repeat", "1", "--quiet"}));
  EXPECT_EQ(master.wait(), 0) << master.err();
}

// A name with several addresses: /etc/hosts is another file in a mount namespace of the master's.
class Dns : public Hosts {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "a mount namespace of one's own needs root";
    if (access("/usr/bin/unshare", X_OK) != 0) GTEST_SKIP() << "unshare is not installed";
    Process trial(in_namespace({"/bin/true"}));
    if (trial.wait() != 0) GTEST_SKIP() << "no mount namespaces here: " << trial.err();
  }

  std::vector<std::string> in_namespace(const std::vector<std::string>& command) const {
    std::vector<std::string> all = {"/usr/bin/unshare", "-m", "/bin/sh", "-c",
                                    "mount --bind \"$0\" /etc/hosts && exec \"$@\""};
    std::ofstream(file(), std::ios::app).close();
    all.push_back(file());
    all.insert(all.end(), command.begin(), command.end());
    return all;
  }
};

TEST_F(Dns, AllAddressesOfANameAreUsedAndThoseThatGoAreNot) {
  Worker first(kSlowly);
  const auto port = first.address().substr(first.address().find(':'));
  write("127.0.0.1 mandel-workers.test\n127.0.0.2 mandel-workers.test\n");
  Process master(
      in_namespace(command({"--hosts", "dns:mandel-workers.test" + port, "--patience", "60"})));
  ASSERT_TRUE(master.prints_error(first.address() + " is ready")) << master.err();
  write("127.0.0.2 mandel-workers.test\n");
  ASSERT_TRUE(master.prints_error(first.address() + " has left")) << master.err();
  EXPECT_FALSE(is_over());
  const Worker second(MANDEL_WORKER, {"--listen", "127.0.0.2" + port, "--threads", "1"});
  expect_right(master);
  EXPECT_EQ(totals_of(first.address())["lost"], 0) << master.err();
  EXPECT_GT(totals_of(second.address())["chunks"], 0) << master.err();
}

TEST_F(Dns, ANameThatResolvesLaterIsWaitedFor) {
  const Worker worker(kSlowly);
  const auto port = worker.address().substr(worker.address().find(':'));
  write("127.0.0.1 localhost\n");
  Process master(
      in_namespace(command({"--hosts", "dns:mandel-workers.test" + port, "--patience", "60"})));
  ASSERT_TRUE(master.prints_error("does not resolve")) << master.err();
  write("127.0.0.1 mandel-workers.test\n");
  ASSERT_TRUE(master.prints_error(worker.address() + " is ready")) << master.err();
  expect_right(master);
}

}  // namespace
}  // namespace mandel::e2e
