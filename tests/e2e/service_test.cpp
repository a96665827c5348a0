// What systemd hears of a worker, over a socket like its own.
#include <csignal>
#include <cstdlib>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "process.h"

namespace mandel::e2e {
namespace {

class Manager {
 public:
  Manager() : socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = dir_.path("notify");
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    const timeval patience{60, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setenv("NOTIFY_SOCKET", path.c_str(), 1);
    setenv("WATCHDOG_USEC", "1000000", 1);
  }
  ~Manager() {
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    close(socket_);
  }

  // What it is told next; empty if nothing comes.
  std::string hear() const {
    char text[4096];
    const ssize_t size = recv(socket_, text, sizeof text, 0);
    return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : "";
  }

 private:
  TempDir dir_;
  int socket_;
};

TEST(Service, TellsItsManagerThatItServesThatItLivesAndThatItStops) {
  const Manager manager;
  Worker worker;
  const std::string first = manager.hear();
  EXPECT_NE(first.find("READY=1\n"), std::string::npos) << first;
  EXPECT_NE(first.find("STATUS=listens on " + worker.address()), std::string::npos) << first;
  for (int n = 0; n < 3; ++n) EXPECT_EQ(manager.hear(), "WATCHDOG=1");
  worker.process().signal(SIGTERM);
  std::string last;
  do last = manager.hear();
  while (last == "WATCHDOG=1");
  EXPECT_NE(last.find("STOPPING=1\n"), std::string::npos) << last;
  EXPECT_EQ(worker.process().wait(), 0);
}

TEST(Service, AManagerThatIsGoneHindersNobody) {
  setenv("NOTIFY_SOCKET", TempDir().path("gone").c_str(), 1);
  Worker worker;
  unsetenv("NOTIFY_SOCKET");
  EXPECT_EQ(run_master({"--hosts", worker.address(), "--expect-sum", kTutorialSum}).status, 0);
}

}  // namespace
}  // namespace mandel::e2e
