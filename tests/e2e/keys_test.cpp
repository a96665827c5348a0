// Who may use a worker, and who may pass for one: real programs with real keys, on a network of
// their own, and somebody hostile on it.
#include <array>
#include <filesystem>
#include <gtest/gtest.h>
#include <poll.h>
#include <random>
#include <sys/socket.h>
#include <unistd.h>

#include "common/net/address.h"
#include "key_folder.h"
#include "lan.h"
#include "long_job.h"
#include "wiretap.h"

namespace mandel::e2e {
namespace {

const std::string kDesk = std::string(Lan::kDeskAddress) + ":5755";

class Keys : public LongJob {
 protected:
  void SetUp() override {
    if (const std::string obstacle = Lan::obstacle(); !obstacle.empty()) GTEST_SKIP() << obstacle;
  }

  // The worker's and the master's machine know each other.
  void introduce() const {
    worker_keys_.write("authorized_masters", master_keys_.public_line());
    expect_at(kDesk, worker_keys_);
  }
  // The master is told that this machine's key is there.
  void expect_at(const std::string& address, const KeyFolder& keys) const {
    master_keys_.write("known_workers", address + " " + keys.public_line());
  }
  Worker far(const std::vector<std::string>& more, const std::string& listen = kDesk) const {
    std::vector<std::string> options = {"--threads", "1", "--listen", listen, "--verbose"};
    options.insert(options.end(), more.begin(), more.end());
    return lan_.on_desk([&] { return Worker(MANDEL_WORKER, options); });
  }
  Worker far() const { return far({"--keys", worker_keys_.path()}); }
  MasterRun run(std::vector<std::string> options) const {
    options.insert(options.end(), {"--expect-sum", kTutorialSum, "--patience", "3"});
    return lan_.on_master([&] { return run_master(options); });
  }
  MasterRun run() const { return run({"--hosts", kDesk, "--keys", master_keys_.path()}); }

  const Lan lan_;
  const KeyFolder worker_keys_;
  const KeyFolder master_keys_;
};

// doctor's verdict on the desk's key.
class DoctorOfKeys : public Keys {
 protected:
  std::string verdict(std::vector<std::string> options = {}) const {
    options.insert(options.begin(), {"doctor", "--hosts", kDesk, "--keys", master_keys_.path()});
    const MasterRun run = lan_.on_master([&] { return run_master(options); });
    for (const auto& check : run.json["hosts"][0]["checks"])
      if (check["check"] == "key") return check["verdict"];
    return "none: " + run.out + run.err;
  }
};

TEST_F(DoctorOfKeys, KnowsAWorkerThatItCanUse) {
  introduce();
  const Worker worker = far();
  EXPECT_EQ(verdict(), "known");
  EXPECT_EQ(verdict({"--insecure"}), "keys-only");
}

TEST_F(DoctorOfKeys, KnowsThatAWorkerDoesNotAdmitIt) {
  expect_at(kDesk, worker_keys_);
  worker_keys_.write("authorized_masters", "");
  const Worker worker = far();
  EXPECT_EQ(verdict(), "not-admitted");
}

TEST_F(DoctorOfKeys, KnowsAnotherKeyThanTheOneExpected) {
  introduce();
  const KeyFolder others;
  expect_at(kDesk, others);
  const Worker worker = far();
  EXPECT_EQ(verdict(), "other-key");
}

TEST_F(DoctorOfKeys, KnowsThatItKnowsNoKey) {
  const Worker worker = far();
  EXPECT_EQ(verdict(), "no-key");
}

TEST_F(DoctorOfKeys, KnowsAWorkerWithoutKeys) {
  introduce();
  const Worker worker = far({"--insecure"});
  EXPECT_EQ(verdict(), "plain-only");
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The third word of a public line.
std::string fingerprint_in(const std::string& line) {
  return line.substr(line.rfind(' ') + 1, std::string("1234-1234-1234-1234-1234").size());
}

TEST_F(Keys, MachinesThatKnowEachOtherDoTheJob) {
  introduce();
  const Worker worker = far();
  const MasterRun done = run();
  EXPECT_EQ(done.status, 0) << done.err;
}

// CURVE makes frames longer than the counts that the limit is about.
TEST_F(Keys, ChunksAsLargeAsTheyMayBeGetThroughUncompressed) {
  introduce();
  const Worker worker = far();
  const MasterRun done =
      run({"--hosts", kDesk, "--keys", master_keys_.path(), "--codec", "none", "--chunks", "1"});
  EXPECT_EQ(done.status, 0) << done.err;
}

TEST_F(Keys, OneKeyForTheClusterIsEnough) {
  const KeyFolder cluster({"--cluster", "lab"});
  const TempDir copy;
  std::filesystem::copy_file(cluster.file("cluster.key"), copy.path("cluster.key"));
  const Worker worker = far({"--keys", copy.path("")});
  const MasterRun done = run({"--hosts", kDesk, "--keys", cluster.path()});
  EXPECT_EQ(done.status, 0) << done.err;
}

TEST_F(Keys, AMasterThatIsNotAdmittedIsToldTheLineThatAdmitsIt) {
  expect_at(kDesk, worker_keys_);
  Worker worker = far();
  const MasterRun refused = run();
  EXPECT_EQ(refused.status, 4) << refused.err;
  const std::string line = master_keys_.public_line();
  EXPECT_TRUE(has(refused.err, "authorized_masters: " + line.substr(0, line.size() - 1)))
      << refused.err;
  EXPECT_TRUE(has(worker.process().err(), fingerprint_in(line))) << worker.process().err();
  EXPECT_TRUE(has(worker.process().err(), std::string("refused ") + Lan::kMasterAddress));

  worker_keys_.write("authorized_masters", line);
  ASSERT_TRUE(worker.process().prints_error("admitted keys in ")) << worker.process().err();
  const MasterRun admitted = run();
  EXPECT_EQ(admitted.status, 0) << admitted.err;
}

TEST_F(Keys, AKeyThatIsTakenOffTheListLosesItsSessionInMidJob) {
  introduce();
  const Worker worker = far({"--keys", worker_keys_.path(), "--kernel", "scalar"});
  const Worker other = lan_.on_master([] { return Worker(kSlowly); });
  Process master = lan_.on_master(
      [&] { return start(kDesk + "," + other.address(), {"--keys", master_keys_.path()}); });
  ASSERT_TRUE(master.prints_error(kDesk + " is ready")) << master.err();
  worker_keys_.write("authorized_masters", "");
  EXPECT_TRUE(master.prints_error("lost " + kDesk + ": it refused: ")) << master.err();
  EXPECT_FALSE(is_over());
  expect_right(master);
}

TEST_F(Keys, WhoHasAnotherKeyAtAWorkersAddressIsRefused) {
  introduce();
  const KeyFolder impostors;
  impostors.write("authorized_masters", master_keys_.public_line());
  const Worker impostor = far({"--keys", impostors.path()});
  const MasterRun refused = run();
  EXPECT_EQ(refused.status, 4) << refused.err;
  EXPECT_TRUE(has(refused.err, fingerprint_in(worker_keys_.public_line()))) << refused.err;
  EXPECT_TRUE(has(refused.err, "somebody else answers there")) << refused.err;
}

TEST_F(Keys, AMasterDoesNotCallAMachineWhoseKeyItDoesNotKnow) {
  const MasterRun refused = run();
  EXPECT_EQ(refused.status, 4) << refused.err;
  EXPECT_TRUE(has(refused.err, "known_workers, with " + kDesk + " in front")) << refused.err;
}

TEST_F(Keys, AFirstContactIsRememberedAndAChangedKeyIsRefused) {
  worker_keys_.write("authorized_masters", master_keys_.public_line());
  const std::vector<std::string> options = {"--hosts", kDesk, "--keys", master_keys_.path(),
                                            "--accept-new"};
  {
    const Worker worker = far();
    const MasterRun first = run(options);
    EXPECT_EQ(first.status, 0) << first.err;
    EXPECT_TRUE(has(first.err, fingerprint_in(worker_keys_.public_line()))) << first.err;
    EXPECT_EQ(run().status, 0) << "without --accept-new";
  }
  const KeyFolder others;
  others.write("authorized_masters", master_keys_.public_line());
  const Worker other = far({"--keys", others.path()});
  const MasterRun second = run(options);
  EXPECT_EQ(second.status, 4) << second.err;
  EXPECT_TRUE(has(second.err, "somebody else answers there")) << second.err;
}

TEST_F(Keys, AMasterWithoutKeysIsToldThatTheWorkerWantsThem) {
  introduce();
  const Worker worker = far();
  const MasterRun refused = run({"--hosts", kDesk, "--insecure"});
  EXPECT_EQ(refused.status, 4) << refused.err;
  EXPECT_TRUE(has(refused.err, "speaks with keys only")) << refused.err;
}

TEST_F(Keys, AWorkerWithoutKeysIsNotSpokenTo) {
  introduce();
  const Worker worker = far({"--insecure"});
  const MasterRun refused = run();
  EXPECT_EQ(refused.status, 4) << refused.err;
  EXPECT_TRUE(has(refused.err, "--insecure")) << refused.err;
}

// As on any Debian, where a machine's own name is 127.0.1.1.
TEST_F(Keys, AWorkerForTheNetworkServesItsOwnMachineToo) {
  introduce();
  const Worker worker = far({"--keys", worker_keys_.path()}, "0.0.0.0:5755");
  worker_keys_.write("known_workers", "127.0.1.1 " + worker_keys_.public_line());
  worker_keys_.write("authorized_masters", worker_keys_.public_line());
  const MasterRun done = lan_.on_desk([&] {
    return run_master(
        {"--hosts", "127.0.1.1", "--keys", worker_keys_.path(), "--expect-sum", kTutorialSum});
  });
  EXPECT_EQ(done.status, 0) << done.err;
}

// What the worker answers until it hangs up or falls silent.
std::string answer_to(const std::string& bytes) {
  const int fd = connect_to(Lan::kDeskAddress, 5755);
  EXPECT_GE(fd, 0);
  (void)send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  std::string answer;
  std::array<char, 4096> part{};
  for (pollfd waiting{fd, POLLIN, 0}; poll(&waiting, 1, 3000) == 1;) {
    const ssize_t got = recv(fd, part.data(), part.size(), 0);
    if (got <= 0) break;
    answer.append(part.data(), static_cast<std::size_t>(got));
  }
  close(fd);
  return answer;
}

TEST_F(Keys, WhatIsOverheardCanNeitherBeReadNorSaidAgain) {
  introduce();
  Worker worker = far();
  const auto tap = lan_.on_master(
      [] { return std::make_unique<Wiretap>(Lan::kMasterAddress, Lan::kDeskAddress, 5755); });
  const std::string tapped = Address{Lan::kMasterAddress, tap->port()}.text();
  expect_at(tapped, worker_keys_);
  const MasterRun done = run({"--hosts", tapped, "--keys", master_keys_.path()});
  ASSERT_EQ(done.status, 0) << done.err;
  const std::string heard = tap->heard();
  ASSERT_GT(heard.size(), 1000u);
  EXPECT_FALSE(has(heard, "mandel 0."));  // of every hello

  const auto masters = [&] {
    const std::string log = worker.process().err();
    std::size_t joined = 0;
    for (auto at = log.find("a master joined"); at != std::string::npos;
         at = log.find("a master joined", at + 1))
      ++joined;
    return joined;
  };
  ASSERT_EQ(masters(), 1u) << worker.process().err();
  const std::string answer = lan_.on_master([&] { return answer_to(heard); });
  EXPECT_LT(answer.size(), 400u) << "the greeting and a welcome, which he can't read";
  EXPECT_EQ(masters(), 1u);
  expect_at(kDesk, worker_keys_);
  EXPECT_EQ(run().status, 0);
}

TEST_F(Keys, WhatIsChangedOnTheWayEndsTheSessionAndCostsNoPixel) {
  introduce();
  const Worker worker = far({"--keys", worker_keys_.path(), "--kernel", "scalar"});
  const auto tap = lan_.on_master(
      [] { return std::make_unique<Wiretap>(Lan::kMasterAddress, Lan::kDeskAddress, 5755); });
  const std::string tapped = Address{Lan::kMasterAddress, tap->port()}.text();
  expect_at(tapped, worker_keys_);
  tap->flip_at(20'000);  // of results
  Process master = lan_.on_master(
      [&] { return start(tapped, {"--keys", master_keys_.path(), "--codec", "none"}); });
  expect_right(master);
  EXPECT_EQ(totals_of(tapped)["lost"], 1) << master.err();
  EXPECT_GE(tap->connections(), 2);
}

TEST_F(Keys, StrangersThatSayNothingOrNonsenseKeepNobodyOut) {
  introduce();
  const Worker worker = far();
  std::vector<int> strangers;
  std::mt19937 random;
  lan_.on_master([&] {
    for (int k = 0; k < 300; ++k) strangers.push_back(connect_to(Lan::kDeskAddress, 5755));
    for (const std::size_t size : {1, 10, 64, 1000, 100'000}) {
      std::string nonsense(size, '\0');
      for (char& byte : nonsense) byte = static_cast<char>(random());
      strangers.push_back(connect_to(Lan::kDeskAddress, 5755));
      (void)send(strangers.back(), nonsense.data(), size, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
  });
  const MasterRun done = run();
  EXPECT_EQ(done.status, 0) << done.err;
  for (const int fd : strangers) close(fd);
}

TEST(Keygen, MakesAFileForItsOwnerOnlyAndNeverTwice) {
  const KeyFolder keys;
  const auto mode = std::filesystem::status(keys.file("id")).permissions();
  EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const std::string line = keys.public_line();
  Process again({MANDEL_KEYGEN, "--keys", keys.path()});
  EXPECT_EQ(again.wait(), 5);
  EXPECT_EQ(keys.public_line(), line);

  std::filesystem::permissions(keys.file("id"), std::filesystem::perms::group_read,
                               std::filesystem::perm_options::add);
  Process worker({MANDEL_WORKER, "--listen", "0.0.0.0:0", "--keys", keys.path()});
  EXPECT_EQ(worker.wait(), 2);
  EXPECT_TRUE(has(worker.err(), "chmod 600 ")) << worker.err();
}

}  // namespace
}  // namespace mandel::e2e
