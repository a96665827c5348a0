// See metrics_server.h.
#include "common/program/metrics_server.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "common/base/clock.h"
#include "common/net/resolver.h"

namespace mandel {
namespace {

constexpr std::size_t kRequestBytesMax = 8192;
constexpr Nanoseconds kPatience = kSecond;  // with one connection, reading and writing together
constexpr std::size_t kClientsMax = 64;     // one more takes the place of the oldest
constexpr int kBacklog = 128;

// The answer to a request's head. HEAD's is GET's without what was asked for.
std::string answer_to(std::string_view head, const Metrics& metrics) {
  const std::string_view line = head.substr(0, head.find("\r\n"));
  const std::string_view method = line.substr(0, line.find(' '));
  const std::string_view rest = line.substr(std::min(line.size(), method.size() + 1));
  const std::string_view path = rest.substr(0, rest.find_first_of(" ?"));
  const bool is_head = method == "HEAD";
  const char* status = "200 OK";
  std::string body;
  if (method != "GET" && !is_head) {
    status = "405 Method Not Allowed\r\nAllow: GET, HEAD";
    body = "GET /metrics is all there is\n";
  } else if (path != "/metrics") {
    status = "404 Not Found";
    body = "the metrics are at /metrics\n";
  } else {
    body = metrics.text();
  }
  return fmt::format(
      "HTTP/1.1 {}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
      "Content-Length: {}\r\nConnection: close\r\n\r\n{}",
      status, body.size(), is_head ? "" : body);
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

// One connection: first its request is read, then the answer is written.
class MetricsServer::Client {
 public:
  Client(int fd, Nanoseconds until) : fd_(fd), until_(until) {}
  ~Client() { close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void watch(Sleeper& sleeper) {
    if (answer_.empty()) return sleeper.watch(fd_, is_ready_);
    sleeper.watch_writable(fd_, is_ready_);
  }
  Nanoseconds until() const { return until_; }
  // Does what can be done now. False if it is over.
  bool serve(const Metrics& metrics, Nanoseconds now) {
    if (now >= until_) return false;
    if (!std::exchange(is_ready_, false)) return true;
    return answer_.empty() ? read(metrics) : write();
  }

 private:
  bool read(const Metrics& metrics) {
    std::array<char, 1024> part{};
    const ssize_t bytes = recv(fd_, part.data(), part.size(), 0);
    if (bytes <= 0) return bytes < 0 && (errno == EAGAIN || errno == EINTR);
    request_.append(part.data(), static_cast<std::size_t>(bytes));
    if (request_.find("\r\n\r\n") == std::string::npos) return request_.size() <= kRequestBytesMax;
    answer_ = answer_to(request_, metrics);
    is_ready_ = true;
    return write();
  }
  bool write() {
    const std::string_view left = std::string_view(answer_).substr(written_);
    const ssize_t bytes = send(fd_, left.data(), left.size(), MSG_NOSIGNAL);
    if (bytes < 0) return errno == EAGAIN || errno == EINTR;
    written_ += static_cast<std::size_t>(bytes);
    return written_ < answer_.size();
  }

  const int fd_;
  const Nanoseconds until_;
  bool is_ready_ = false;
  std::string request_;
  std::string answer_;  // empty: the request is not whole yet
  std::size_t written_ = 0;
};

void MetricsServer::serve() {
  Sleeper sleeper;
  bool is_called = false;
  std::list<Client> clients;  // the oldest first
  for (;;) {
    stop_.watch(sleeper);
    sleeper.watch(listener_, is_called);
    for (Client& client : clients) client.watch(sleeper);
    const Nanoseconds until = clients.empty() ? INT64_MAX : clients.front().until();
    sleeper.sleep(std::min(until - steady_now(), kSecond));
    if (stop_.clear()) return;
    const Nanoseconds now = steady_now();
    std::erase_if(clients, [&](Client& client) { return !client.serve(metrics_, now); });
    if (std::exchange(is_called, false)) let_in(clients);
  }
}

void MetricsServer::let_in(std::list<Client>& clients) const {
  const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd >= 0) {
    if (clients.size() >= kClientsMax) clients.pop_front();
    clients.emplace_back(fd, steady_now() + kPatience);
  } else if (errno == EMFILE || errno == ENFILE) {
    // One of our own may be enough. If there is none, don't spin.
    if (!clients.empty()) return clients.pop_front();
    Sleeper().sleep(10 * kMillisecond);
  }
}

}  // namespace mandel
