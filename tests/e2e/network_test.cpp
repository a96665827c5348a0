// Faults of the network: the master on one host, a worker on another, and a cable between them that
// is slow, loses frames or is cut. Whatever happens, no pixel is missing and none is wrong.
#include <csignal>
#include <gtest/gtest.h>
#include <thread>

#include "hinder.h"
#include "lan.h"
#include "long_job.h"

namespace mandel::e2e {
namespace {

using namespace std::chrono_literals;

const std::string kDesk = std::string(Lan::kDeskAddress) + ":5755";

class Network : public LongJob {
 protected:
  void SetUp() override {
    if (const std::string obstacle = Lan::obstacle(); !obstacle.empty()) GTEST_SKIP() << obstacle;
  }

  // These are about cables, not about keys: see keys_test.
  Process start(const std::string& hosts, std::vector<std::string> options = {}) const {
    options.push_back("--insecure");
    return LongJob::start(hosts, options);
  }
  // A worker on the desk's host.
  static Worker far(const Lan& lan, std::vector<std::string> options = kSlowly) {
    options.insert(options.end(), {"--listen", kDesk, "--insecure"});
    return lan.on_desk([&] { return Worker(MANDEL_WORKER, options); });
  }
  // A worker on the master's own.
  static Worker near(const Lan& lan) {
    return lan.on_master([] { return Worker(kSlowly); });
  }
  // Starts the job on the master's host, and returns when the far worker is at it.
  Process start_with(const Lan& lan, Worker& far, const std::string& hosts,
                     const std::vector<std::string>& options = {}) const {
    Process master = lan.on_master([&] { return start(hosts, options); });
    EXPECT_TRUE(master.prints_error(far.address() + " is ready")) << master.err();
    EXPECT_TRUE(works_for(far.process().pid(), 300ms));
    return master;
  }
};

TEST_F(Network, ACableCutAndMendedCostsNoPixel) {
  const Lan lan;
  Worker worker = far(lan);
  Process master = start_with(lan, worker, kDesk, {"--patience", "30"});
  lan.cut();
  std::this_thread::sleep_for(5s);
  EXPECT_FALSE(is_over());
  lan.mend();
  expect_right(master);
}

TEST_F(Network, ACableCutForEverLeavesTheRestToTheOthers) {
  const Lan lan;
  Worker cut_off = far(lan);
  const Worker other = near(lan);
  Process master = start_with(lan, cut_off, kDesk + "," + other.address());
  lan.cut();
  EXPECT_FALSE(is_over());
  expect_right(master);
}

TEST_F(Network, ACableCutForEverToTheOnlyWorkerEndsTheJobAndNamesIt) {
  const Lan lan;
  Worker worker = far(lan);
  Process master = start_with(lan, worker, kDesk, {"--patience", "2"});
  lan.cut();
  ASSERT_EQ(master.wait(), 4) << master.err();
  EXPECT_NE(master.err().find("no worker could be used"), std::string::npos) << master.err();
  EXPECT_NE(master.err().find("lost " + kDesk), std::string::npos) << master.err();
}

// Nothing but silence, in one direction: neither end is told.
class OneWaySilence : public Network, public testing::WithParamInterface<Lan::Way> {};

TEST_P(OneWaySilence, LeavesTheRestToTheOthers) {
  const Lan lan;
  Worker half_deaf = far(lan);
  const Worker other = near(lan);
  Process master = start_with(lan, half_deaf, kDesk + "," + other.address());
  lan.cut(GetParam());
  EXPECT_FALSE(is_over());
  expect_right(master);
}

INSTANTIATE_TEST_SUITE_P(Network, OneWaySilence,
                         testing::Values(Lan::Way::kToDesk, Lan::Way::kFromDesk),
                         [](const auto& way) {
                           return way.param == Lan::Way::kToDesk ? "TheWorkerHearsNothing"
                                                                 : "TheMasterHearsNothing";
                         });

TEST_F(Network, LostPacketsAndDistanceCostNoPixel) {
  const Lan lan({.delay_ms = 10, .loss_percent = 5});
  Worker worker = far(lan);
  Process master = start_with(lan, worker, kDesk);
  expect_right(master);
}

// 128 chunks of one pixel, by a worker that may hold but two: 64 round trips of 80 ms. Without
// such a limit it holds as many as its lane could do in one of them. Pixels that cost something
// would make the two alike on a busy machine, where a lane does few chunks in a round trip.
TEST_F(Network, ALongWayIsTakenByManyChunksAtOnce) {
  const Lan lan({.delay_ms = 40});
  const auto wall_seconds = [&](const std::vector<std::string>& credit) {
    std::vector<std::string> options = credit;
    options.insert(options.end(), {"--threads", "1"});
    const Worker worker = far(lan, options);
    const MasterRun run = lan.on_master([] {
      return run_master({"--size", "1x128", "--chunks", "128", "--hosts", kDesk, "--insecure"});
    });
    EXPECT_EQ(run.status, 0) << run.err;
    return run.json.value("wall_seconds", 0.0);
  };
  const double two_at_once = wall_seconds({"--credit", "2"});
  EXPECT_LT(wall_seconds({}), two_at_once / 2);
}

TEST_F(Network, AMachineGoneWithoutAWordIsReplacedByOneAtItsAddress) {
  Lan lan;
  Worker gone = far(lan);
  Process master = start_with(lan, gone, kDesk, {"--patience", "30"});
  lan.replace_desk();
  EXPECT_FALSE(is_over());
  const Worker again = far(lan);
  expect_right(master);
}

TEST_F(Network, ASlowLinkCostsNoPixel) {
  const Lan lan({.delay_ms = 10, .rate_mbit = 20});
  Worker worker = far(lan, {"--threads", "1"});
  Process master = lan.on_master([&] { return start(kDesk, {"--codec", "none"}); });
  expect_right(master);
  EXPECT_EQ(totals_of(kDesk)["lost"], 0) << master.err();
}

// It computes far faster than the link carries: when it is told to stop, more results wait than get
// through in the time that a closing socket has.
TEST_F(Network, AWorkerToldToStopDeliversOverASlowLinkBeforeItLeaves) {
  const Lan lan({.delay_ms = 10, .rate_mbit = 3});
  Worker leaving = far(lan, {"--threads", "1"});
  const Worker other = near(lan);
  Process master = lan.on_master(
      [&] { return start(kDesk + "," + other.address(), {"--chunks", "20", "--codec", "none"}); });
  ASSERT_TRUE(master.prints_error(kDesk + " is ready")) << master.err();
  ASSERT_TRUE(works_for(leaving.process().pid(), 20ms));
  leaving.process().signal(SIGTERM);
  EXPECT_EQ(leaving.process().wait(), 0) << leaving.process().err();
  EXPECT_FALSE(is_over());
  expect_right(master);
  EXPECT_GT(totals_of(kDesk)["chunks"], 0);
  EXPECT_EQ(totals_of(kDesk)["lost"], 0) << master.err();
  EXPECT_NE(master.err().find(kDesk + " has left"), std::string::npos) << master.err();
}

TEST_F(Network, AMasterSuspendedLongerThanWorkersWaitGoesOn) {
  const Lan lan;
  Worker first = far(lan);
  const Worker second = near(lan);
  Process master = start_with(lan, first, kDesk + "," + second.address());
  master.signal(SIGSTOP);
  std::this_thread::sleep_for(11s);  // workers give a silent master up after 10 s
  EXPECT_FALSE(is_over());
  master.signal(SIGCONT);
  expect_right(master);
  EXPECT_EQ(first.process().err().find("refused a peer"), std::string::npos)
      << first.process().err();
}

}  // namespace
}  // namespace mandel::e2e
