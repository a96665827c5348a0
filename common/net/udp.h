// Datagrams, by which masters and workers find each other. ZeroMQ carries everything else, but has
// no datagram that can be broadcast or answered. Nothing here blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <sys/socket.h>
#include <vector>

#include "common/base/error.h"
#include "common/net/address.h"

namespace mandel {

class UdpSocket {
 public:
  // Where a datagram came from or goes to.
  struct Peer {
    sockaddr_storage address{};
    socklen_t length = 0;
    std::string host() const;  // numeric
  };
  struct Datagram {
    std::vector<std::byte> bytes;
    Peer from;
  };
  // A longer datagram is cut to this length, and is none of ours.
  static constexpr std::size_t kBytesMax = 512;

  // `numeric` with port 0: any free one. May broadcast.
  static Result<UdpSocket> bind(const Address& numeric);
  ~UdpSocket();
  UdpSocket(UdpSocket&& other) noexcept;
  UdpSocket& operator=(UdpSocket&&) = delete;

  int fd() const { return fd_; }
  std::optional<Datagram> receive();
  // A datagram that can't be sent is lost, as any may be.
  void send(std::span<const std::byte> bytes, const Peer& to);

  // An IPv4 address, in the machine's byte order.
  static Peer peer(std::uint32_t ipv4, std::uint16_t port);

 private:
  explicit UdpSocket(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace mandel
