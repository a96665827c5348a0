// Where results and messages go may be full, gone or stalled. That costs a message, never the
// picture, nor what the exit code means.
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "long_job.h"
#include "shell.h"

namespace mandel::e2e {
namespace {

class Streams : public testing::Test {
 protected:
  // A job that writes a picture.
  std::string job() const { return fmt::format("$m --tutorial-size 100 --output {}", png_); }
  void expect_picture() const {
    std::ifstream file(png_, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    EXPECT_EQ(bytes.substr(1, 3), "PNG");
    EXPECT_GT(bytes.size(), 500u);
    EXPECT_FALSE(std::filesystem::exists(png_ + ".journal"));
  }

  const TempDir dir_;
  const std::string png_ = dir_.path("p.png");
};

TEST_F(Streams, ResultsThatCanNotBePrintedAreSaidAndThePictureIsThere) {
  for (const char* to : {">/dev/full", ">&-"}) {
    const ShellRun run = shell(job() + to);
    EXPECT_EQ(run.status, 5) << to;
    EXPECT_NE(run.err.find("can't write to standard output: "), std::string::npos) << run.err;
    expect_picture();
    std::filesystem::remove(png_);
  }
}

TEST_F(Streams, AReaderThatHasGoneIsNoEndOfTheJob) {
  const std::string fifo = dir_.path("fifo");
  const ShellRun run = shell(fmt::format("mkfifo {0}; (: <{0}) & {1} --verbose >{0}", fifo, job()));
  EXPECT_EQ(run.status, 5) << run.err;
  EXPECT_NE(run.err.find("Broken pipe"), std::string::npos) << run.err;
  expect_picture();
}

TEST_F(Streams, MessagesThatNobodyGetsCostNothing) {
  for (const char* to : {" 2>/dev/full", " 2>&-", " >/dev/null 2>/dev/full <&-"}) {
    EXPECT_EQ(shell(job() + " --verbose" + to).status, 0) << to;
    expect_picture();
    std::filesystem::remove(png_);
  }
}

TEST_F(Streams, TheExitCodeKeepsItsMeaning) {
  for (const char* to : {" 2>/dev/full", " >&- 2>&-", " >/dev/full"}) {
    EXPECT_EQ(shell(std::string("$m --nonsense") + to).status, 2) << to;
    EXPECT_EQ(shell(std::string("$m --tutorial-size 100 --expect-sum 5") + to).status, 3) << to;
    EXPECT_EQ(shell(std::string("$m --hosts 127.0.0.1:1 --patience 0.1") + to).status, 4) << to;
    EXPECT_EQ(shell(std::string("$m doctor --hosts 127.0.0.1:1") + to).status, 6) << to;
  }
}

TEST_F(Streams, OfEveryProgramALostResultIsNotDone) {
  const std::string keys = dir_.path("keys");
  ASSERT_EQ(shell("$keygen --keys " + keys).status, 0);
  for (const std::string& command :
       {std::string("$m --quiet --tutorial-size 100"), std::string("$m --print-config"),
        std::string("$m --help"), std::string("$m --list-kernels"),
        std::string("$m sweep --tutorial-size 100 --chunks 1,5 --repeat 1"),
        std::string("$w --version"), std::string("$w --list-kernels"),
        "$keygen --show --keys " + keys, "$keygen --cluster lab --keys " + keys}) {
    const ShellRun run = shell(command + " >/dev/full");
    EXPECT_EQ(run.status, 5) << command;
    EXPECT_NE(run.err.find("No space left"), std::string::npos) << command << run.err;
  }
}

// Its results go to masters; the line is for whoever starts it by hand.
TEST_F(Streams, AWorkerServesAlthoughNobodyReadsWhereItListens) {
  Process worker = start_shell("exec $w --listen 127.0.0.1:0 --threads 1 >/dev/full");
  ASSERT_TRUE(worker.prints_error(" with 1 lane")) << worker.err();
  const std::string said = worker.err();
  const auto begin = said.find("listens on ") + 11;
  const std::string address = said.substr(begin, said.find(" with") - begin);
  EXPECT_EQ(shell("$m --hosts " + address).status, 0);
  worker.signal(SIGTERM);
  EXPECT_EQ(worker.wait(), 0);
}

// As Ctrl-S does it.
class StalledTerminal {
 public:
  StalledTerminal() : master_(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    EXPECT_EQ(grantpt(master_), 0);
    EXPECT_EQ(unlockpt(master_), 0);
    slave_ = open(ptsname(master_), O_RDWR | O_NOCTTY | O_CLOEXEC);
    EXPECT_EQ(tcflow(slave_, TCOOFF), 0);
  }
  ~StalledTerminal() {
    close(slave_);
    close(master_);
  }
  StalledTerminal(const StalledTerminal&) = delete;
  StalledTerminal& operator=(const StalledTerminal&) = delete;
  std::string name() const { return ptsname(master_); }

 private:
  int master_;
  int slave_ = -1;
};

TEST_F(Streams, ATerminalThatStallsHoldsUpNothing) {
  const StalledTerminal terminal;
  const Worker worker(kSlowly);
  const ShellRun run = shell(fmt::format(
      "TERM=xterm $m --size 500x500 --max-iter 3000 --verbose --hosts {} --output {} 2>{}",
      worker.address(), png_, terminal.name()));
  EXPECT_EQ(run.status, 0);
  EXPECT_NE(run.out.find("Total sum"), std::string::npos) << run.out;
  expect_picture();
}

TEST_F(Streams, APipeThatNobodyReadsHoldsUpNoMessage) {
  const std::string fifo = dir_.path("fifo");
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  const int reader = open(fifo.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GT(fcntl(reader, F_SETPIPE_SZ, 4096), 0);
  // Some ten kilobytes of messages.
  const ShellRun run =
      shell(fmt::format("$m --hosts '127.0.1.[1-150]:1' --insecure --patience 0.1 2>{}", fifo));
  EXPECT_EQ(run.status, 4);
  close(reader);
}

class Signals : public LongJob {
 protected:
  const TempDir folder_;
};

TEST_F(Signals, AHangUpIsLikeATerm) {
  const Worker worker(kSlowly);
  const std::string npy = folder_.path("p.npy");
  Process master = start(worker.address(), {"--output", npy});
  ASSERT_TRUE(master.prints_error("is ready")) << master.err();
  master.signal(SIGHUP);
  EXPECT_EQ(master.wait(), 130);
  EXPECT_NE(master.err().find("interrupted; "), std::string::npos) << master.err();
}

TEST_F(Signals, UnderNohupAHangUpIsNothing) {
  const Worker worker(kSlowly);
  Process master = start_shell(fmt::format(
      "trap '' HUP; exec $m --size 500x500 --max-iter 3000 --verbose --hosts {} --output {}",
      worker.address(), folder_.path("p.png")));
  ASSERT_TRUE(master.prints_error("is ready")) << master.err();
  master.signal(SIGHUP);
  EXPECT_EQ(master.wait(), 0) << master.err();
}

TEST_F(Signals, AWorkerThatIsHungUpDrains) {
  Worker worker;
  worker.process().signal(SIGHUP);
  EXPECT_EQ(worker.process().wait(), 0);
}

}  // namespace
}  // namespace mandel::e2e
