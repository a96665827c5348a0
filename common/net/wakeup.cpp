// See wakeup.h.
#include "common/net/wakeup.h"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include "common/base/error.h"

namespace mandel {
namespace {

// It fails for want of descriptors only.
int opened(int fd, const char* what) {
  if (fd < 0) throw std::system_error(errno, std::generic_category(), what);
  return fd;
}

}  // namespace

Wakeup::Wakeup() : fd_(opened(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")) {}

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

volatile std::sig_atomic_t is_interrupted = 0;

bool is_ignored(int signal) {
  struct sigaction now{};
  return sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

std::vector<int> stop_signals() {
  std::vector<int> signals = {SIGINT, SIGTERM};
  if (!is_ignored(SIGHUP)) signals.push_back(SIGHUP);
  return signals;
}

sigset_t stop_set() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : stop_signals()) sigaddset(&set, signal);
  return set;
}

// Without SA_RESTART: a call that blocks fails with EINTR.
void let_through(void (*handler)(int), int flags) {
  struct sigaction action{};
  action.sa_handler = handler;
  action.sa_flags = flags;
  for (const int signal : stop_signals()) sigaction(signal, &action, nullptr);
  const sigset_t set = stop_set();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

}  // namespace

StopSignals::StopSignals() {
  hold();
  const sigset_t set = stop_set();
  fd_ = opened(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC), "signalfd");
}

StopSignals::~StopSignals() { close(fd_); }

void StopSignals::let_kill() { let_through(SIG_DFL, 0); }

void StopSignals::let_interrupt() {
  let_through([](int) { is_interrupted = 1; }, SA_RESETHAND);
}

bool StopSignals::has_interrupted() const { return is_interrupted != 0; }

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
