// See tcp.h.
#include "common/net/tcp.h"

#include <cerrno>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace mandel {
namespace {

int connect_until(int fd, const addrinfo& to, Nanoseconds deadline) {
  if (connect(fd, to.ai_addr, to.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  if (!wait_until_ready(fd, POLLOUT, deadline)) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

// 0: there is no such socket.
std::uint64_t cookie_of(int fd) {
  std::uint64_t cookie = 0;
  socklen_t size = sizeof cookie;
  return getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size) == 0 ? cookie : 0;
}

}  // namespace

bool wait_until_ready(int fd, short events, Nanoseconds deadline) {
  for (;;) {
    const Nanoseconds left = deadline - steady_now();
    if (left <= 0) return false;
    pollfd waiting{fd, events, 0};
    const int ready = poll(&waiting, 1, static_cast<int>((left + kMillisecond - 1) / kMillisecond));
    if (ready >= 0 || errno != EINTR) return ready == 1;
  }
}

bool has_ipv6() {
  const int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  sockaddr_in6 any{};
  any.sin6_family = AF_INET6;
  const bool is_bound = bind(fd, reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0;
  close(fd);
  return is_bound;
}

tl::expected<TcpConnection, int> TcpConnection::dial(const Address& numeric, int timeout_ms) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* to = nullptr;
  if (getaddrinfo(numeric.host.c_str(), std::to_string(numeric.port).c_str(), &hints, &to) != 0)
    return tl::unexpected(EADDRNOTAVAIL);
  const int fd = socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int error =
      fd < 0 ? errno : connect_until(fd, *to, steady_now() + timeout_ms * kMillisecond);
  freeaddrinfo(to);
  if (error == 0) return TcpConnection(fd);
  if (fd >= 0) close(fd);
  return tl::unexpected(error);
}

TcpHandle::TcpHandle(int fd) : fd_(fd), cookie_(cookie_of(fd)) {}

bool TcpHandle::shut_down() const {
  return cookie_ != 0 && cookie_of(fd_) == cookie_ && shutdown(fd_, SHUT_RDWR) == 0;
}

TcpConnection::TcpConnection(TcpConnection&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

TcpConnection::~TcpConnection() {
  if (fd_ >= 0) close(fd_);
}

TcpConnection::Said TcpConnection::ask(std::string_view question, std::size_t enough,
                                       int timeout_ms) {
  const Nanoseconds deadline = steady_now() + timeout_ms * kMillisecond;
  (void)send(fd_, question.data(), question.size(), MSG_NOSIGNAL);  // fits into any buffer
  Said said;
  said.bytes.resize(enough);
  std::size_t size = 0;
  while (size < enough && !said.is_over && wait_until_ready(fd_, POLLIN, deadline)) {
    const ssize_t got = recv(fd_, said.bytes.data() + size, enough - size, 0);
    if (got > 0) size += static_cast<std::size_t>(got);
    said.is_over = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
  }
  said.bytes.resize(size);
  return said;
}

}  // namespace mandel
