// See lan.h.
#include "lan.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace mandel::e2e {
namespace {

// That of this thread: a namespace belongs to a thread, not to a process.
int present_network() { return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC); }

// Must not fail: a test that went on in the wrong network would test nothing.
void enter(int netns) {
  if (setns(netns, CLONE_NEWNET) == 0) return;
  std::perror("setns");
  std::abort();
}

}  // namespace

Netns::Netns() {
  const int home = present_network();
  EXPECT_EQ(unshare(CLONE_NEWNET), 0) << std::strerror(errno);
  netns_ = present_network();
  enter(home);
  close(home);
}

Netns Netns::with_loopback() {
  Netns network;
  const Visit visit(network);
  const int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq loopback{};
  std::strcpy(loopback.ifr_name, "lo");
  loopback.ifr_flags = IFF_UP | IFF_RUNNING;
  EXPECT_EQ(ioctl(any, SIOCSIFFLAGS, &loopback), 0) << std::strerror(errno);
  close(any);
  return network;
}

Netns::~Netns() {
  if (netns_ >= 0) close(netns_);
}

Netns::Netns(Netns&& other) noexcept : netns_(std::exchange(other.netns_, -1)) {}

Netns& Netns::operator=(Netns&& other) noexcept {
  std::swap(netns_, other.netns_);
  return *this;
}

std::string Netns::path() const { return fmt::format("/proc/{}/fd/{}", getpid(), netns_); }

Netns::Visit::Visit(const Netns& network) : home_(present_network()) { enter(network.netns_); }

Netns::Visit::~Visit() {
  enter(home_);
  close(home_);
}

std::string Lan::obstacle() {
  const int tun = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
  if (tun < 0) return fmt::format("can't open /dev/net/tun: {}", std::strerror(errno));
  close(tun);
  const int home = present_network();
  const bool may_unshare = unshare(CLONE_NEWNET) == 0;
  const int reason = errno;
  if (may_unshare) enter(home);
  close(home);
  return may_unshare ? "" : fmt::format("no network namespaces: {}", std::strerror(reason));
}

Lan::Lan(Quality quality) : quality_(quality), cable_(plug_in()) {}

Process Lan::plug_in() const {
  Process cable({MANDEL_BAD_CABLE, master_.path(), kMasterAddress, desk_.path(), kDeskAddress,
                 fmt::format("{}", quality_.delay_ms), fmt::format("{}", quality_.loss_percent),
                 fmt::format("{}", quality_.rate_mbit)});
  EXPECT_TRUE(cable.prints("ready")) << cable.err();
  return cable;
}

void Lan::cut(Way way) const { cable_->signal(way == Way::kToDesk ? SIGUSR1 : SIGUSR2); }

void Lan::cut() const {
  cut(Way::kToDesk);
  cut(Way::kFromDesk);
}

void Lan::mend() const { cable_->signal(SIGHUP); }

void Lan::replace_desk() {
  cable_.reset();
  desk_ = Netns();
  cable_.emplace(plug_in());
}

}  // namespace mandel::e2e
