// --hosts auto on a network of its own: a worker on another host is found and used, with and
// without a firewall on the master's that lets in nothing but answers.
#include <gtest/gtest.h>
#include <unistd.h>

#include "lan.h"
#include "process.h"

namespace mandel::e2e {
namespace {

constexpr const char* kIptables = "/usr/sbin/iptables";

class Discovery : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string obstacle = Lan::obstacle(); !obstacle.empty()) GTEST_SKIP() << obstacle;
  }

  static Worker far(const Lan& lan, std::vector<std::string> more = {}) {
    std::vector<std::string> options = {"--threads", "1", "--insecure", "--listen", "0.0.0.0:5755"};
    options.insert(options.end(), more.begin(), more.end());
    return lan.on_desk([&] { return Worker(MANDEL_WORKER, options); });
  }
  static Process start(const Lan& lan, const char* patience_s = "60") {
    return lan.on_master([&] {
      return Process(master_command({"--hosts", "auto", "--insecure", "--patience", patience_s,
                                     "--expect-sum", kTutorialSum}));
    });
  }
  // Nothing in but answers, as a desktop's firewall has it.
  static void close_door(const Lan& lan) {
    for (const std::vector<std::string>& rule : std::vector<std::vector<std::string>>{
             {"-A", "INPUT", "-i", "lo", "-j", "ACCEPT"},
             {"-A", "INPUT", "-m", "conntrack", "--ctstate", "ESTABLISHED,RELATED", "-j", "ACCEPT"},
             {"-P", "INPUT", "DROP"}}) {
      std::vector<std::string> command = {kIptables, "-w"};
      command.insert(command.end(), rule.begin(), rule.end());
      Process iptables = lan.on_master([&] { return Process(command); });
      if (iptables.wait() != 0) GTEST_SKIP() << "iptables: " << iptables.err();
    }
  }
};

TEST_F(Discovery, FindsAWorkerOnAnOpenNetwork) {
  const Lan lan;
  const Worker worker = far(lan);
  Process master = start(lan);
  ASSERT_EQ(master.wait(), 0) << master.err();
  EXPECT_NE(master.out().find(Lan::kDeskAddress), std::string::npos) << master.out();
}

TEST_F(Discovery, FindsAWorkerBehindTheMastersOwnFirewall) {
  if (access(kIptables, X_OK) != 0) GTEST_SKIP() << "iptables is not installed";
  const Lan lan;
  close_door(lan);
  if (IsSkipped()) return;
  const Worker worker = far(lan);
  Process master = start(lan);
  ASSERT_EQ(master.wait(), 0) << master.err();
}

TEST_F(Discovery, AWorkerThatComesLaterIsFoundToo) {
  const Lan lan;
  Process master = start(lan);
  const Worker worker = far(lan);
  ASSERT_EQ(master.wait(), 0) << master.err();
}

TEST_F(Discovery, FindsAWorkerOnTheSameMachineOnce) {
  const Lan lan;
  const Worker worker = lan.on_master([] {
    return Worker(MANDEL_WORKER, {"--threads", "1", "--insecure", "--listen", "0.0.0.0:5755"});
  });
  Process master = start(lan);
  ASSERT_EQ(master.wait(), 0) << master.err();
  EXPECT_NE(master.out().find("127.0.0.1:5755"), std::string::npos) << master.out();
  EXPECT_EQ(master.out().find(Lan::kMasterAddress), std::string::npos) << master.out();
}

TEST_F(Discovery, AWorkerThatWantsToBeLeftAloneIsNotFoundAndItIsSaidWhatToCheck) {
  const Lan lan;
  const Worker worker = far(lan, {"--no-discovery"});
  Process master = start(lan, "2");
  ASSERT_EQ(master.wait(), 4) << master.err();
  EXPECT_NE(master.err().find("nobody answered"), std::string::npos) << master.err();
  EXPECT_NE(master.err().find("firewall"), std::string::npos) << master.err();
}

}  // namespace
}  // namespace mandel::e2e
