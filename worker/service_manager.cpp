// See service_manager.h; the protocol is in sd_notify(3) and sd_watchdog_enabled(3).
#include "worker/service_manager.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace mandel {
namespace {

// A socket connected to `name`, a path or "@" and an abstract name; -1 if there is none.
int connected_to(std::string_view name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (name.size() < 2 || name.size() >= sizeof address.sun_path) return -1;
  std::memcpy(address.sun_path, name.data(), name.size());
  if (name.front() == '@') address.sun_path[0] = '\0';
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0) return fd;
  close(fd);
  return -1;
}

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

ServiceManager::ServiceManager() : socket_(connected_to(variable("NOTIFY_SOCKET"))) {
  const std::string_view whom = variable("WATCHDOG_PID");
  if (!whom.empty() && number(whom) != static_cast<std::uint64_t>(getpid())) return;
  constexpr std::uint64_t kDayUs = 86'400'000'000;
  watchdog_period_ =
      static_cast<Nanoseconds>(std::min(number(variable("WATCHDOG_USEC")), kDayUs)) * 1000;
}

ServiceManager::~ServiceManager() {
  if (socket_ >= 0) close(socket_);
}

void ServiceManager::ready(const std::string& status) { say("READY=1\nSTATUS=" + status); }

void ServiceManager::stopping(const std::string& status) { say("STOPPING=1\nSTATUS=" + status); }

void ServiceManager::alive(Nanoseconds now) {
  if (watchdog_period_ == 0 || now < next_sign_) return;
  next_sign_ = now + watchdog_period_ / 4;
  say("WATCHDOG=1");
}

// Never waits: a manager that does not read must not stop the loop.
void ServiceManager::say(const std::string& state) const {
  if (socket_ >= 0) send(socket_, state.data(), state.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace mandel
