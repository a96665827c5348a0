// See metrics_server.h.
#include "common/program/metrics_server.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/net/tcp.h"

namespace mandel {
namespace {

constexpr std::size_t kRequestBytesMax = 8192;
constexpr Nanoseconds kPatience = kSecond;  // with one connection, reading and writing together
constexpr int kBacklog = 16;

// The request up to the empty line, which ends its head; nothing if it does not come.
std::optional<std::string> read_request(int connection, Nanoseconds until) {
  std::string request;
  std::array<char, 1024> part{};
  while (request.find("\r\n\r\n") == std::string::npos) {
    if (request.size() > kRequestBytesMax || !wait_until_ready(connection, POLLIN, until))
      return std::nullopt;
    const ssize_t bytes = recv(connection, part.data(), part.size(), MSG_DONTWAIT);
    if (bytes <= 0) return std::nullopt;
    request.append(part.data(), static_cast<std::size_t>(bytes));
  }
  return request;
}

void write_all(int connection, std::string_view bytes, Nanoseconds until) {
  while (!bytes.empty() && wait_until_ready(connection, POLLOUT, until)) {
    const ssize_t sent = send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string response(const char* status, const std::string& body) {
  return fmt::format(
      "HTTP/1.1 {}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
      "Content-Length: {}\r\nConnection: close\r\n\r\n{}",
      status, body.size(), body);
}

// A socket that listens there, or -1 with errno.
int listen_on(const Address& numeric) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  addrinfo* list = nullptr;
  if (getaddrinfo(numeric.host.c_str(), std::to_string(numeric.port).c_str(), &hints, &list) != 0) {
    errno = EADDRNOTAVAIL;
    return -1;
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> info(list, freeaddrinfo);
  const int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  // A restarted daemon gets its port back at once; one that listens is in use all the same.
  const int yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, kBacklog) == 0) return fd;
  const int error = errno;
  close(fd);
  errno = error;
  return -1;
}

std::uint16_t port_of(int fd) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size);
  return ntohs(bound.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(bound).sin6_port
                                           : reinterpret_cast<const sockaddr_in&>(bound).sin_port);
}

}  // namespace

Result<std::unique_ptr<MetricsServer>> MetricsServer::start(const std::string& text,
                                                            const Metrics& metrics) {
  const auto cannot = [&](const std::string& why) {
    return fail(fmt::format("--metrics {}: {}", text, why));
  };
  const auto address = parse_address(text, true);
  if (!address) return cannot(address.error().what);
  const auto numeric = resolve(*address);
  if (!numeric) return cannot(numeric.error().what);
  const int listener = listen_on(*numeric);
  if (listener < 0) return cannot(fmt::format("can't listen there: {}", std::strerror(errno)));
  return std::unique_ptr<MetricsServer>(
      new MetricsServer(listener, {numeric->host, port_of(listener)}, metrics));
}

Result<std::unique_ptr<MetricsServer>> MetricsServer::start_if_wanted(const std::string& text,
                                                                      const Metrics& metrics) {
  if (text.empty()) return nullptr;
  auto server = start(text, metrics);
  if (server) spdlog::info("metrics are at http://{}/metrics", (*server)->address().text());
  return server;
}

MetricsServer::MetricsServer(int listener, Address address, const Metrics& metrics)
    : listener_(listener), address_(std::move(address)), metrics_(metrics) {
  // Signals are for the daemon's own threads, whether they block them already or not.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  thread_ = std::thread([this] { serve(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

MetricsServer::~MetricsServer() {
  stop_.ring();
  thread_.join();
  close(listener_);
}

void MetricsServer::serve() {
  Sleeper sleeper;
  bool is_called = false;
  const auto sleep = [&](Nanoseconds time) {
    stop_.watch(sleeper);
    sleeper.sleep(time);
  };
  for (;;) {
    sleeper.watch(listener_, is_called);
    sleep(kSecond);
    if (stop_.clear()) return;
    if (!std::exchange(is_called, false)) continue;
    const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) {
      // Gone again, or no descriptor is free: then don't spin, but look for the stop.
      sleep(10 * kMillisecond);
      if (stop_.clear()) return;
      continue;
    }
    answer(connection);
    close(connection);
  }
}

void MetricsServer::answer(int connection) const {
  const Nanoseconds until = steady_now() + kPatience;
  const auto request = read_request(connection, until);
  if (!request) return;
  const std::string_view line = std::string_view(*request).substr(0, request->find("\r\n"));
  const auto asks_for = [&](std::string_view path) {
    return line.starts_with(fmt::format("GET {} ", path)) ||
           line.starts_with(fmt::format("GET {}?", path));
  };
  if (!line.starts_with("GET "))
    write_all(connection, response("405 Method Not Allowed", "GET /metrics is all there is\n"),
              until);
  else if (!asks_for("/metrics"))
    write_all(connection, response("404 Not Found", "the metrics are at /metrics\n"), until);
  else
    write_all(connection, response("200 OK", metrics_.text()), until);
}

}  // namespace mandel
