// A plain TCP connection for a few bytes. ZeroMQ dials again and again by itself and never says why
// it does not get through: to see what answers at an address, one has to look below it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "common/base/clock.h"
#include "common/net/address.h"

namespace mandel {

// Until `fd` is ready for one of poll's `events`, or broken; false if it is not before `deadline`.
bool wait_until_ready(int fd, short events, Nanoseconds deadline);

// Names a connection of this process that somebody else owns, so that it can be ended from outside.
// A descriptor alone is not enough: it may be another connection's by then.
class TcpHandle {
 public:
  TcpHandle() = default;  // of none
  explicit TcpHandle(int fd);
  // Both ends see the connection end. False if it has ended already, or is none of TCP's.
  bool shut_down() const;

 private:
  int fd_ = -1;
  std::uint64_t cookie_ = 0;  // the kernel's own name for it
};

// Can this machine listen to IPv6?
bool has_ipv6();

class TcpConnection {
 public:
  // To a numeric address. On failure the errno; ETIMEDOUT if nothing answered for `timeout_ms`.
  static tl::expected<TcpConnection, int> dial(const Address& numeric, int timeout_ms);
  TcpConnection(TcpConnection&& other) noexcept;
  TcpConnection& operator=(TcpConnection&&) = delete;
  ~TcpConnection();

  struct Said {
    std::string bytes;
    bool is_over = false;  // it hung up
  };
  // Sends `question`, and returns what the other end says until that is `enough` bytes, or it hangs
  // up, or the time is over.
  Said ask(std::string_view question, std::size_t enough, int timeout_ms);

 private:
  explicit TcpConnection(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace mandel
