// See wakeup.h.
#include "common/net/wakeup.h"

#include <csignal>
#include <cstdint>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <utility>

#include "common/base/error.h"

namespace mandel {

Wakeup::Wakeup() : fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) { MANDEL_ASSERT(fd_ >= 0); }

Wakeup::~Wakeup() { close(fd_); }

void Wakeup::ring() {
  if (is_rung_.exchange(true)) return;
  const std::uint64_t one = 1;
  // Fails only when the counter is full, and then the loop is awake anyway.
  [[maybe_unused]] const auto written = write(fd_, &one, sizeof one);
}

// The flag last: a ring in between is lost, but the loop has yet to look at what it is for. The
// other way round, its write would be read away here, and no later ring would write again.
bool Wakeup::clear() {
  if (!std::exchange(is_readable_, false)) return false;
  std::uint64_t count = 0;
  [[maybe_unused]] const auto bytes = read(fd_, &count, sizeof count);
  is_rung_.exchange(false);
  return true;
}

namespace {

sigset_t stop_set() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

StopSignals::StopSignals() {
  hold();
  const sigset_t set = stop_set();
  std::signal(SIGPIPE, SIG_IGN);
  fd_ = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  MANDEL_ASSERT(fd_ >= 0);
}

StopSignals::~StopSignals() { close(fd_); }

void StopSignals::let_kill() {
  const sigset_t set = stop_set();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void StopSignals::hold() {
  const sigset_t set = stop_set();
  MANDEL_ASSERT(pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0);
}

std::optional<int> StopSignals::take() {
  signalfd_siginfo info{};
  if (!is_readable_) return std::nullopt;
  is_readable_ = read(fd_, &info, sizeof info) == sizeof info;
  if (!is_readable_) return std::nullopt;
  return static_cast<int>(info.ssi_signo);
}

}  // namespace mandel
