// Workers that dial their master (--join), since it has no way in to them (--listen).
#include <csignal>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "key_folder.h"
#include "lan.h"
#include "long_job.h"

namespace mandel::e2e {
namespace {

const std::string kMaster = std::string(Lan::kMasterAddress) + ":5756";

Process join(const std::string& master, std::vector<std::string> options = {"--kernel", "scalar"}) {
  options.insert(options.begin(), {MANDEL_WORKER, "--join", master, "--threads", "1", "--verbose"});
  return Process(options);
}

// Where a master with --listen listens.
std::string lobby_of(Process& master) { return master.said_after("listens on ", ' '); }

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

class Join : public LongJob {
 protected:
  Process start_lobby(std::vector<std::string> options = {}) const {
    options.insert(options.end(), {"--listen", "127.0.0.1:0", "--patience", "60"});
    return start_with(options);
  }
};

TEST_F(Join, WorkersThatDialDoTheJobAndThenTheNextMasters) {
  Process first = start_lobby();
  const std::string lobby = lobby_of(first);
  Process one = join(lobby);
  Process two = join(lobby);
  ASSERT_TRUE(first.prints_error("127.0.0.1#2 is ready")) << first.err();
  expect_right(first);
  const MasterRun next = run_master(
      {"--listen", lobby, "--chunks", "256", "--patience", "60", "--expect-sum", kTutorialSum});
  EXPECT_EQ(next.status, 0) << next.err;
  one.signal(SIGTERM);
  two.signal(SIGTERM);
  EXPECT_EQ(one.wait(), 0);
  EXPECT_EQ(two.wait(), 0);
}

// The next process of its machine takes its place over.
TEST_F(Join, OneThatIsKilledCostsNoPixelAndOneThatComesLateIsUsed) {
  Process master = start_lobby();
  const std::string lobby = lobby_of(master);
  Process one = join(lobby);
  ASSERT_TRUE(master.prints_error("127.0.0.1#1 is ready")) << master.err();
  one.signal(SIGKILL);
  ASSERT_TRUE(master.prints_error("lost 127.0.0.1#1")) << master.err();
  Process two = join(lobby);
  EXPECT_TRUE(eventually([&] { return count(master.err(), "127.0.0.1#1 is ready") == 2; }))
      << master.err();
  EXPECT_FALSE(is_over());
  Process three = join(lobby);
  ASSERT_TRUE(master.prints_error("127.0.0.1#2 is ready")) << master.err();
  expect_right(master);
}

TEST_F(Join, OneThatDrainsLeavesInOrder) {
  Process master = start_lobby();
  const std::string lobby = lobby_of(master);
  Process one = join(lobby);
  ASSERT_TRUE(master.prints_error("127.0.0.1#1 is ready")) << master.err();
  one.signal(SIGTERM);
  EXPECT_EQ(one.wait(), 0);
  EXPECT_TRUE(master.prints_error("127.0.0.1#1 has left")) << master.err();
  Process two = join(lobby);
  expect_right(master);
}

TEST_F(Join, ThoseNamedAndThoseThatDialWorkTogether) {
  Worker named(kSlowly);
  Process master = start_lobby({"--hosts", named.address()});
  Process one = join(lobby_of(master));
  ASSERT_TRUE(master.prints_error("127.0.0.1#1 is ready")) << master.err();
  expect_right(master);
  EXPECT_GT(totals_of(named.address())["chunks"], 0);
}

TEST_F(Join, ASweepWaitsForThem) {
  Process master(master_command({"sweep", "--listen", "127.0.0.1:0", "--chunks", "1,4", "--repeat",
                                 "1", "--patience", "60"}));
  const std::string lobby = lobby_of(master);
  Process one = join(lobby);
  Process two = join(lobby);
  EXPECT_EQ(master.wait(), 0) << master.err();
  EXPECT_EQ(count(master.err(), " has joined"), 2u) << master.err();
}

TEST_F(Join, StrangersThatSayNothingOrNonsenseKeepNobodyOut) {
  Process master = start_lobby();
  const std::string lobby = lobby_of(master);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port =
      htons(static_cast<std::uint16_t>(std::stoi(lobby.substr(lobby.find(':') + 1))));
  std::vector<int> strangers;
  for (int k = 0; k < 100; ++k) {
    strangers.push_back(socket(AF_INET, SOCK_STREAM, 0));
    ASSERT_EQ(
        connect(strangers.back(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    if (k % 2 == 0) (void)send(strangers.back(), "\x01\x00nonsense", 10, MSG_NOSIGNAL);
  }
  Process one = join(lobby);
  expect_right(master);
  for (const int fd : strangers) close(fd);
}

TEST_F(Join, NobodyWhoComesIsSaid) {
  const MasterRun run = run_master({"--listen", "127.0.0.1:0", "--patience", "0.2"});
  EXPECT_EQ(run.status, 4) << run.err;
  EXPECT_NE(run.err.find("mandel-worker --join"), std::string::npos) << run.err;
}

// Two machines, each with its key.
class JoinByKeys : public Join {
 protected:
  void SetUp() override {
    if (const std::string obstacle = Lan::obstacle(); !obstacle.empty()) GTEST_SKIP() << obstacle;
    master_keys_.write("known_workers", worker_keys_.public_line());
    worker_keys_.write("authorized_masters", master_keys_.public_line());
  }
  Process start() const {
    return lan_.on_master([&] {
      return start_with({"--listen", kMaster, "--keys", master_keys_.path(), "--patience", "60"});
    });
  }
  Process join_with(const KeyFolder& keys) const {
    return lan_.on_desk(
        [&] { return join(kMaster, {"--keys", keys.path(), "--kernel", "scalar"}); });
  }

  const Lan lan_;
  const KeyFolder worker_keys_;
  const KeyFolder master_keys_;
};

// On one machine a link may be plain or with keys; that one is tried first is nobody's business.
TEST_F(Join, BothHaveKeysAndNothingIsSaidOfTheOtherWay) {
  const KeyFolder cluster({"--cluster", "lab"});
  Process master =
      start_with({"--listen", "0.0.0.0:0", "--keys", cluster.path(), "--patience", "60"});
  const std::string lobby = lobby_of(master);
  Process worker = join("127.0.0.1" + lobby.substr(lobby.rfind(':')), {"--keys", cluster.path()});
  expect_right(master);
  EXPECT_EQ(count(worker.err(), "can't join"), 0u) << worker.err();
}

TEST_F(JoinByKeys, MachinesThatKnowEachOtherDoTheJob) {
  Process worker = join_with(worker_keys_);
  Process master = start();
  expect_right(master);
}

TEST_F(JoinByKeys, AWorkerThatIsNotKnownIsToldTheLineThatAdmitsIt) {
  const KeyFolder strangers;
  strangers.write("authorized_masters", master_keys_.public_line());
  Process master = start();
  Process stranger = join_with(strangers);
  const std::string line = strangers.public_line();
  ASSERT_TRUE(stranger.prints_error("known_workers: " + line.substr(0, line.size() - 1)))
      << stranger.err();
  EXPECT_TRUE(master.prints_error(std::string("refused ") + Lan::kDeskAddress)) << master.err();
  master_keys_.write("known_workers", line);
  expect_right(master);
}

TEST_F(JoinByKeys, AMasterWithAnotherKeyGetsNoWorker) {
  const KeyFolder impostors;
  impostors.write("known_workers", worker_keys_.public_line());
  Process impostor = lan_.on_master([&] {
    return start_with({"--listen", kMaster, "--keys", impostors.path(), "--patience", "60"});
  });
  ASSERT_TRUE(impostor.prints_error("listens on ")) << impostor.err();
  Process worker = join_with(worker_keys_);
  EXPECT_TRUE(worker.prints_error("somebody else answers there")) << worker.err();
  EXPECT_EQ(count(impostor.err(), " has joined"), 0u) << impostor.err();
}

TEST_F(JoinByKeys, AKeyThatIsTakenOffTheListLosesItsSessionInMidJob) {
  const KeyFolder others;
  others.write("authorized_masters", master_keys_.public_line());
  master_keys_.write("known_workers", worker_keys_.public_line() + others.public_line());
  Process master = start();
  Process worker = join_with(worker_keys_);
  ASSERT_TRUE(master.prints_error("#1 is ready")) << master.err();
  Process other = join_with(others);
  ASSERT_TRUE(master.prints_error("#2 is ready")) << master.err();
  master_keys_.write("known_workers", others.public_line());
  ASSERT_TRUE(master.prints_error(std::string("lost ") + Lan::kDeskAddress + "#1")) << master.err();
  EXPECT_FALSE(is_over());
  expect_right(master);
}

TEST_F(JoinByKeys, ACutCableIsMendedByJoiningAgain) {
  Process master = start();
  Process worker = join_with(worker_keys_);
  ASSERT_TRUE(master.prints_error("#1 is ready")) << master.err();
  lan_.cut();
  ASSERT_TRUE(master.prints_error(std::string("lost ") + Lan::kDeskAddress + "#1")) << master.err();
  lan_.mend();
  expect_right(master);
  EXPECT_EQ(count(master.err(), "#1 is ready"), 2u) << master.err();
}

}  // namespace
}  // namespace mandel::e2e
