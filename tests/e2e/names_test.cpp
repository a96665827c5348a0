// Names that are slow, wrong or have several addresses: whoever else can work does, and who waits
// can be told to stop. A network of its own for each test, with a name server that answers as told.
#include <csignal>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

#include "lan.h"
#include "long_job.h"

namespace mandel::e2e {
namespace {

class Names : public LongJob {
 protected:
  template <typename Start>
  auto here(Start start) const {
    const Netns::Visit visit(network_);
    return start();
  }
  void SetUp() override {
    if (const std::string obstacle = Lan::obstacle(); !obstacle.empty()) GTEST_SKIP() << obstacle;
    if (access("/usr/bin/unshare", X_OK) != 0) GTEST_SKIP() << "unshare is not installed";
    std::ofstream(resolv_conf_) << "nameserver 127.0.0.1\n";
    know("");
    Process trial = run({"/bin/true"});
    if (trial.wait() != 0) GTEST_SKIP() << "no mount namespaces here: " << trial.err();
    server_.emplace(here([&] { return Process({MANDEL_NAME_SERVER, names_}); }));
    ASSERT_TRUE(server_->prints("ready")) << server_->err();
  }

  // Lines "NAME ADDRESS..."; a NAME alone is never answered, and no others exist.
  void know(const std::string& lines) const {
    std::ofstream(names_ + ".new") << lines;
    std::filesystem::rename(names_ + ".new", names_);
  }
  // Starts a command that asks our name server.
  Process run(std::vector<std::string> command) const {
    command.insert(command.begin(),
                   {"/usr/bin/unshare", "-m", "/bin/sh", "-c",
                    "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"", resolv_conf_});
    return here([&] { return Process(command); });
  }
  Process start(const std::string& hosts, std::vector<std::string> options = {}) const {
    options.insert(options.end(), {"--hosts", hosts, "--insecure"});
    return run(command(options));
  }
  Worker worker(const std::string& listen = "127.0.0.1:0") const {
    return here([&] {
      return Worker(MANDEL_WORKER,
                    {"--listen", listen, "--threads", "1", "--kernel", "scalar", "--insecure"});
    });
  }
  static std::string port_of(const Worker& worker) {
    return worker.address().substr(worker.address().rfind(':'));
  }

 private:
  const TempDir dir_;
  const std::string names_ = dir_.path("names");
  const std::string resolv_conf_ = dir_.path("resolv.conf");
  const Netns network_ = Netns::with_loopback();
  std::optional<Process> server_;
};

TEST_F(Names, ThatNobodyAnswersForLeaveTheOthersAtWork) {
  know("silent\nmute\n");
  const Worker one = worker();
  Process master = start("silent,mute:7," + one.address());
  ASSERT_TRUE(master.prints_error(one.address() + " is ready")) << master.err();
  EXPECT_TRUE(master.prints_error("silent:5755: 'silent' is still being looked up"))
      << master.err();
  expect_right(master);
  EXPECT_GT(totals_of(one.address())["chunks"], 0);
  EXPECT_EQ(totals_of(one.address())["lost"], 0);
}

TEST_F(Names, ThatDoNotExistAreSaidWithTheReasonWhileTheOthersWork) {
  Worker one = worker();
  // Else the job might be over before the name server's answer is here.
  one.process().signal(SIGSTOP);
  Process master = start("typo," + one.address());
  EXPECT_TRUE(master.prints_error("typo:5755: 'typo' does not resolve: Name or service not known"))
      << master.err();
  one.process().signal(SIGCONT);
  EXPECT_FALSE(is_over());
  expect_right(master);
}

TEST_F(Names, ThatNobodyAnswersForAreWaitedForWithPatienceOnly) {
  know("silent\n");
  Process master = start("silent", {"--patience", "1"});
  EXPECT_EQ(master.wait(), 4) << master.err();
  EXPECT_NE(master.err().find("no name server answers"), std::string::npos) << master.err();
  EXPECT_EQ(master.err().find("Temporary failure"), std::string::npos) << "it waited for libc";
}

TEST_F(Names, ThatNobodyAnswersForKeepNoProcessFromStopping) {
  know("silent\n");
  Process master = start("silent,dns:silent", {"--patience", "60"});
  Process joiner = run({MANDEL_WORKER, "--join", "silent:5756", "--threads", "1"});
  Process listener = run({MANDEL_WORKER, "--listen", "silent:5756", "--threads", "1"});
  Process lobby = run(command({"--listen", "silent:5756", "--patience", "60"}));
  ASSERT_TRUE(master.prints_error("is still being looked up")) << master.err();
  for (Process* process : {&master, &joiner, &listener, &lobby}) process->signal(SIGTERM);
  EXPECT_EQ(master.wait(), 130);
  for (Process* process : {&joiner, &listener, &lobby}) EXPECT_TRUE(process->wait().has_value());
}

TEST_F(Names, AreLookedUpAgainWhenTheyAreDialledAgain) {
  const Worker one = worker();
  know("desk 127.0.0.2 127.0.0.3\n");
  Process master = start("desk" + port_of(one), {"--patience", "60"});
  ASSERT_TRUE(master.prints_error("still trying")) << master.err();
  know("desk 127.0.0.1\n");
  ASSERT_TRUE(master.prints_error("is ready")) << master.err();
  expect_right(master);
}

// 127.0.0.2 and .3 refuse: the worker listens at one address of the three, and by IPv6.
TEST_F(Names, WithSeveralAddressesAreTriedAtEach) {
  know("both 127.0.0.2 127.0.0.3 ::1\n");
  const Worker one = worker("[::1]:0");
  Process master = start("both" + port_of(one));
  expect_right(master);
  EXPECT_EQ(totals_of("both" + port_of(one))["lost"], 0);

  Process doctor = run(master_command({"doctor", "--hosts", "both" + port_of(one), "--insecure"}));
  EXPECT_EQ(doctor.wait(), 0) << doctor.out() << doctor.err();
}

TEST_F(Names, WithSeveralAddressesAreJoinedAtEach) {
  know("both 127.0.0.2 ::1\n");
  Process master = here([&] {
    return Process(command({"--listen", "[::1]:5756", "--patience", "60", "--insecure"}));
  });
  ASSERT_TRUE(master.prints_error("listens on")) << master.err();
  Process joiner = run({MANDEL_WORKER, "--join", "both:5756", "--threads", "1"});
  expect_right(master);
}

TEST_F(Names, OfOneWorkerMeanOneWorker) {
  know("desk 127.0.0.1 ::1\n");
  const Worker one = worker("[::]:0");
  const std::string port = port_of(one);
  Process master = start("desk" + port + ",127.0.0.1" + port + ",[::1]" + port);
  expect_right(master);
  EXPECT_EQ(workers().size(), 1u) << master.err();
}

// As it was set in another century.
TEST(HostName, ThatIsLatin1HarmsNobody) {
  const std::vector<std::string> in_uts = {
      "/usr/bin/unshare", "-u", "/bin/sh", "-c",
      "printf 'b\\374ro' >/proc/sys/kernel/hostname && exec \"$0\" \"$@\""};
  auto trial = in_uts;
  trial.push_back("/bin/true");
  if (Process(trial).wait() != 0) GTEST_SKIP() << "no namespace for a host name here";
  auto command = in_uts;
  for (const char* word : {MANDEL_WORKER, "--listen", "127.0.0.1:0", "--threads", "1"})
    command.emplace_back(word);
  Worker worker(command.front(), {command.begin() + 1, command.end()});
  const MasterRun run = run_master({"--hosts", worker.address(), "--expect-sum", kTutorialSum});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.json["workers"][0]["host"], "b?ro");
  EXPECT_EQ(worker.process().err().find("protobuf"), std::string::npos) << worker.process().err();
  EXPECT_EQ(run.err.find("protobuf"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace mandel::e2e
