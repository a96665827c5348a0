// See udp.h.
#include "common/net/udp.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <unistd.h>
#include <utility>

namespace mandel {

Result<UdpSocket> UdpSocket::bind(const Address& numeric) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* where = nullptr;
  const int unread =
      getaddrinfo(numeric.host.c_str(), std::to_string(numeric.port).c_str(), &hints, &where);
  if (unread != 0) return fail(fmt::format("UDP {}: {}", numeric.text(), gai_strerror(unread)));
  UdpSocket socket(::socket(where->ai_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int yes = 1;
  const int no = 0;  // [::] takes IPv4 as well, as ZeroMQ's listening sockets do
  if (socket.fd_ >= 0 && where->ai_family == AF_INET6)
    setsockopt(socket.fd_, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
  const bool is_bound = socket.fd_ >= 0 &&
                        setsockopt(socket.fd_, SOL_SOCKET, SO_BROADCAST, &yes, sizeof yes) == 0 &&
                        ::bind(socket.fd_, where->ai_addr, where->ai_addrlen) == 0;
  const int error = errno;
  freeaddrinfo(where);
  if (!is_bound) return fail(fmt::format("UDP {}: {}", numeric.text(), std::strerror(error)));
  return socket;
}

UdpSocket::~UdpSocket() {
  if (fd_ >= 0) close(fd_);
}

UdpSocket::UdpSocket(UdpSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

std::optional<UdpSocket::Datagram> UdpSocket::receive() {
  Datagram datagram;
  datagram.bytes.resize(kBytesMax);
  for (;;) {
    datagram.from.length = sizeof datagram.from.address;
    const ssize_t length =
        recvfrom(fd_, datagram.bytes.data(), datagram.bytes.size(), 0,
                 reinterpret_cast<sockaddr*>(&datagram.from.address), &datagram.from.length);
    if (length >= 0) {
      datagram.bytes.resize(static_cast<std::size_t>(length));
      return datagram;
    }
    // ECONNREFUSED tells what became of an older datagram, which does not matter here.
    if (errno != EINTR && errno != ECONNREFUSED) return std::nullopt;
  }
}

void UdpSocket::send(std::span<const std::byte> bytes, const Peer& to) {
  (void)sendto(fd_, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to.address),
               to.length);
}

UdpSocket::Peer UdpSocket::peer(std::uint32_t ipv4, std::uint16_t port) {
  Peer peer;
  auto& address = reinterpret_cast<sockaddr_in&>(peer.address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(ipv4);
  address.sin_port = htons(port);
  peer.length = sizeof address;
  return peer;
}

std::string UdpSocket::Peer::host() const {
  std::array<char, NI_MAXHOST> numeric{};
  const int error = getnameinfo(reinterpret_cast<const sockaddr*>(&address), length, numeric.data(),
                                numeric.size(), nullptr, 0, NI_NUMERICHOST);
  return error == 0 ? numeric.data() : "";
}

}  // namespace mandel
