// See parent.h.
#include "master/parent.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

#include "kernels/no_signals.h"

namespace mandel {
namespace {

// Glibc has a function for it since 2.36 only.
int open_pidfd(pid_t process) { return static_cast<int>(syscall(SYS_pidfd_open, process, 0)); }

void end_this() { kill(getpid(), SIGTERM); }

}  // namespace

Result<void> end_with(pid_t parent) {
  const int process = open_pidfd(parent);
  if (process < 0 && errno != ESRCH)
    return fail(fmt::format("--parent {}: can't watch it: {}", parent, std::strerror(errno)));
  if (process < 0) {
    end_this();
    return {};
  }
  const NoSignals from_here;
  std::thread([process] {
    pthread_setname_np(pthread_self(), "parent");
    pollfd ended{process, POLLIN, 0};
    while (poll(&ended, 1, -1) < 0 && errno == EINTR) {
    }
    end_this();
  }).detach();
  return {};
}

}  // namespace mandel
