// What happens on a desk where somebody starts mandel-worker and says nothing: it is there for
// other machines if a key protects it; if not, both ends say what to do.
#include <csignal>
#include <gtest/gtest.h>

#include "key_folder.h"
#include "lan.h"

namespace mandel::e2e {
namespace {

// The port is 5755: a network of its own for each test.
class DefaultListening : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string obstacle = Lan::obstacle(); !obstacle.empty()) GTEST_SKIP() << obstacle;
  }
};

TEST_F(DefaultListening, WithAKeyIsForTheNetworkOfBothFamilies) {
  const Netns network = Netns::with_loopback();
  const KeyFolder cluster({"--cluster", "lab"});
  const Netns::Visit visit(network);
  Process worker({MANDEL_WORKER, "--threads", "1", "--keys", cluster.path()});
  ASSERT_TRUE(worker.prints("listens on 0.0.0.0:5755 and [::]:5755 with")) << worker.err();
  EXPECT_TRUE(worker.prints_error("other machines can use it")) << worker.err();
  for (const char* hosts : {"127.0.0.1", "[::1]", "auto"}) {
    const MasterRun run =
        run_master({"--hosts", hosts, "--keys", cluster.path(), "--expect-sum", kTutorialSum});
    EXPECT_EQ(run.status, 0) << hosts << ": " << run.err;
  }
  const KeyFolder stranger;
  stranger.write("known_workers", "127.0.0.1 " + cluster.public_line());
  EXPECT_EQ(
      run_master({"--hosts", "127.0.0.1", "--keys", stranger.path(), "--patience", "1"}).status, 4);
  EXPECT_TRUE(worker.prints_error("refused 127.0.0.1:")) << worker.err();
}

TEST_F(DefaultListening, WithoutAKeyIsForItsOwnMachineAndBothEndsSayWhatToDo) {
  const Lan lan;
  const TempDir none;
  Process worker = lan.on_desk(
      [&] { return Process({MANDEL_WORKER, "--threads", "1", "--keys", none.path("keys")}); });
  ASSERT_TRUE(worker.prints("listens on 127.0.0.1:5755 with")) << worker.err();
  EXPECT_TRUE(worker.prints_error("only this machine can use it: no key")) << worker.err();
  const KeyFolder cluster({"--cluster", "lab"});
  const MasterRun run = lan.on_master([&] {
    return run_master({"--hosts", Lan::kDeskAddress, "--keys", cluster.path(), "--patience", "1"});
  });
  EXPECT_EQ(run.status, 4) << run.err;
  EXPECT_NE(run.err.find("mandel-keygen --cluster lab"), std::string::npos) << run.err;
  const MasterRun own = lan.on_desk([] { return run_master({"--hosts", "127.0.0.1"}); });
  EXPECT_EQ(own.status, 0) << own.err;
}

// Both have the key: it was the way that was too long for so short a job.
TEST_F(DefaultListening, AWorkerThatAShortJobDidNotWaitForIsBlamedForNothing) {
  const Lan lan({.delay_ms = 50});
  const KeyFolder cluster({"--cluster", "lab"});
  const auto worker = [&] {
    return Process({MANDEL_WORKER, "--threads", "1", "--keys", cluster.path()});
  };
  Process far = lan.on_desk(worker);
  Process near = lan.on_master(worker);
  for (Process* process : {&far, &near}) ASSERT_TRUE(process->prints(" with ")) << process->err();
  const MasterRun run = lan.on_master([&] {
    return run_master({"--hosts", std::string("127.0.0.1,") + Lan::kDeskAddress, "--keys",
                       cluster.path(), "--expect-sum", kTutorialSum});
  });
  EXPECT_EQ(run.status, 0) << run.err;
  if (run.json["workers"][1]["lanes"] != 0) GTEST_SKIP() << "it was waited for, on a slow machine";
  EXPECT_NE(run.err.find("it is there, but had not answered"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace mandel::e2e
