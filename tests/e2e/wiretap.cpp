// See wiretap.h.
#include "wiretap.h"

#include <arpa/inet.h>
#include <array>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace mandel::e2e {
namespace {

constexpr int kPollMs = 20;  // how soon a stop is noticed

sockaddr_in address_of(const std::string& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  return address;
}

bool send_all(int fd, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

}  // namespace

int connect_to(const std::string& host, std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in to = address_of(host, port);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) return fd;
  close(fd);
  return -1;
}

Wiretap::Wiretap(const std::string& host, const std::string& to_host, std::uint16_t to_port)
    : to_host_(to_host),
      to_port_(to_port),
      listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  sockaddr_in bound = address_of(host, 0);
  socklen_t size = sizeof bound;
  (void)bind(listener_, reinterpret_cast<const sockaddr*>(&bound), size);
  (void)listen(listener_, 16);
  getsockname(listener_, reinterpret_cast<sockaddr*>(&bound), &size);
  port_ = ntohs(bound.sin_port);
  // A thread inherits its maker's network, in which it then calls the worker.
  thread_ = std::jthread([this](std::stop_token stop) { serve(stop); });
}

Wiretap::~Wiretap() {
  thread_ = {};  // stops and joins
  close(listener_);
}

std::string Wiretap::heard() const {
  const std::lock_guard lock(mutex_);
  return heard_;
}

void Wiretap::serve(std::stop_token stop) {
  while (!stop.stop_requested()) {
    pollfd waiting{listener_, POLLIN, 0};
    if (poll(&waiting, 1, kPollMs) != 1) continue;
    const int master = accept(listener_, nullptr, nullptr);
    const int worker = connect_to(to_host_, to_port_);
    ++connections_;
    if (master >= 0 && worker >= 0) pass_on(master, worker, stop);
    if (master >= 0) close(master);
    if (worker >= 0) close(worker);
  }
}

void Wiretap::pass_on(int master, int worker, std::stop_token stop) {
  std::array<char, 16384> bytes{};
  std::size_t said_by_worker = 0;
  std::array<pollfd, 2> ends = {pollfd{master, POLLIN, 0}, pollfd{worker, POLLIN, 0}};
  while (!stop.stop_requested()) {
    if (poll(ends.data(), ends.size(), kPollMs) <= 0) continue;
    for (std::size_t k = 0; k < ends.size(); ++k) {
      if (ends[k].revents == 0) continue;
      const ssize_t got = recv(ends[k].fd, bytes.data(), bytes.size(), 0);
      if (got <= 0) return;
      const auto size = static_cast<std::size_t>(got);
      if (ends[k].fd == master) {
        const std::lock_guard lock(mutex_);
        heard_.append(bytes.data(), size);
      } else {
        const std::size_t flip = flip_at_;
        if (flip >= said_by_worker && flip < said_by_worker + size) {
          bytes[flip - said_by_worker] ^= 1;
          flip_at_ = SIZE_MAX;
        }
        said_by_worker += size;
      }
      if (!send_all(ends[1 - k].fd, bytes.data(), size)) return;
    }
  }
}

}  // namespace mandel::e2e
