// One process is one worker, whatever it is called: it has one row, its lanes count once, and it
// never confirms its own results.
#include <csignal>
#include <fstream>
#include <gtest/gtest.h>

#include "key_folder.h"
#include "long_job.h"
#include "wiretap.h"

namespace mandel::e2e {
namespace {

std::string port_of(const Worker& worker) {
  return worker.address().substr(worker.address().rfind(':'));
}

// By number and by name.
std::string twice(const Worker& worker) {
  return worker.address() + ",localhost" + port_of(worker);
}

TEST(Identity, ASweepCountsItsLanesOnce) {
  const TempDir dir;
  const Worker worker({"--threads", "1"});
  Process master(master_command({"sweep", "--hosts", twice(worker), "--chunks", "1,4", "--repeat",
                                 "1", "--quiet", "--report", dir.path("sweep")}));
  ASSERT_EQ(master.wait(), 0) << master.err();
  std::ifstream file(dir.path("sweep") + "/sweep.json");
  const auto sweep = nlohmann::json::parse(file, nullptr, false);
  int lanes = 0;
  for (const auto& one : sweep["workers"]) lanes += one["lanes"].get<int>();
  EXPECT_EQ(lanes, 1) << sweep["workers"];
}

TEST(Identity, ALiarNamedTwiceDoesNotConfirmItself) {
  const Worker liar(MANDEL_STRANGE_WORKER, {"lies-a-little"});
  const MasterRun run = run_master({"--chunks", "64", "--audit", "1", "--hosts", twice(liar)});
  EXPECT_EQ(run.status, 3) << run.err;
  EXPECT_NE(run.err.find("its counts of chunk"), std::string::npos) << run.err;

  const Worker honest({"--threads", "1"});
  const MasterRun audited = run_master(
      {"--chunks", "64", "--audit", "1", "--hosts", twice(liar) + "," + honest.address()});
  EXPECT_EQ(audited.status, 0) << audited.err;
  EXPECT_EQ(audited.json["counts_sha256"], kTutorialDigest);
}

class SecondName : public LongJob {
 protected:
  std::string file() const { return dir_.path("hosts"); }
  void write(const std::string& contents) const { std::ofstream(file()) << contents; }
  static std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
  }

  const TempDir dir_;
};

// By number, by name, and at another address of this machine.
TEST_F(SecondName, IsSaidAndNotUsed) {
  const Worker worker(MANDEL_WORKER, {"--threads", "1", "--kernel", "scalar", "--listen",
                                      "0.0.0.0:0", "--insecure"});
  const std::string port = port_of(worker);
  Process master = start("127.0.0.1" + port + ",localhost" + port + ",127.0.0.2" + port);
  EXPECT_TRUE(eventually([&] { return count(master.err(), "is the same worker as") == 2; }))
      << master.err();
  expect_right(master);
  ASSERT_EQ(workers().size(), 1u) << master.err();
  EXPECT_EQ(workers()[0]["lanes"], 1);
  EXPECT_EQ(workers()[0]["lost"], 0);
}

TEST_F(SecondName, IsNotThatOfAnotherProcessWithTheSameKey) {
  const KeyFolder cluster({"--cluster", "lab"});
  const std::vector<std::string> options = {"--listen",  "0.0.0.0:0", "--keys",   cluster.path(),
                                            "--threads", "1",         "--kernel", "scalar"};
  const Worker one(MANDEL_WORKER, options);
  const Worker two(MANDEL_WORKER, options);
  Process master =
      start("127.0.0.1" + port_of(one) + ",localhost" + port_of(one) + ",127.0.0.1" + port_of(two),
            {"--keys", cluster.path()});
  EXPECT_TRUE(master.prints_error("is the same worker as")) << master.err();
  expect_right(master);
  EXPECT_EQ(workers().size(), 2u) << master.err();
}

TEST_F(SecondName, TakesOverWhenTheFirstGoesAwayAndItIsStillOneWorker) {
  Worker worker(kSlowly);
  const auto port = static_cast<std::uint16_t>(std::stoi(port_of(worker).substr(1)));
  std::optional<Wiretap> relay(std::in_place, "127.0.0.1", "127.0.0.1", port);
  const std::string first = "127.0.0.1:" + std::to_string(relay->port());
  write(first + "\n");
  Process master = start_with({"--hosts-file", file(), "--patience", "60"});
  ASSERT_TRUE(master.prints_error(first + " is ready")) << master.err();
  write(first + "\n" + worker.address() + "\n");
  ASSERT_TRUE(master.prints_error(worker.address() + " is the same worker as " + first))
      << master.err();
  relay.reset();
  ASSERT_TRUE(master.prints_error("lost " + first)) << master.err();
  expect_right(master);
  ASSERT_EQ(workers().size(), 1u) << master.err();
  EXPECT_EQ(totals_of(first)["lost"], 1);
}

TEST_F(SecondName, StaysWhenTheFirstIsTakenOffTheList) {
  Worker worker(kSlowly);
  const std::string second = "localhost" + port_of(worker);
  write(worker.address() + "\n");
  Process master = start_with({"--hosts-file", file(), "--patience", "60"});
  ASSERT_TRUE(master.prints_error(worker.address() + " is ready")) << master.err();
  write(worker.address() + "\n" + second + "\n");
  ASSERT_TRUE(master.prints_error(second + " is the same worker as")) << master.err();
  write(second + "\n");
  expect_right(master);
  ASSERT_EQ(workers().size(), 1u) << master.err();
  EXPECT_EQ(totals_of(worker.address())["lost"], 0);
}

TEST_F(SecondName, OfAWorkerStartedAgainIsKnownAgain) {
  Worker worker(kSlowly);
  Process master = start(twice(worker), {"--patience", "60"});
  ASSERT_TRUE(master.prints_error("is the same worker as")) << master.err();
  worker.process().signal(SIGKILL);
  ASSERT_TRUE(master.prints_error("lost ")) << master.err();
  Process again({MANDEL_WORKER, "--listen", worker.address(), "--kernel", "scalar"});
  expect_right(master);
  std::size_t used = 0;
  for (const auto& totals : workers()) used += totals["chunks"] > 0 ? 1 : 0;
  EXPECT_EQ(used, 1u) << master.err();
}

}  // namespace
}  // namespace mandel::e2e
