// What listens on a port, told by the first bytes that it sends. ZMTP, the protocol under ZeroMQ's
// sockets, begins with a greeting that names the security mechanism, before any key is asked for.
// libzmq does not pass any of that on: it only dials again.
#pragma once

#include <string>
#include <string_view>

#include "common/net/tcp.h"

namespace mandel {

inline constexpr std::string_view kMechanismOfKeys = "CURVE";

struct Greeting {
  enum class Kind {
    kSilent,   // nothing, and the connection stays
    kHungUp,   // nothing, and the connection was closed
    kForeign,  // something that is not ZMTP 3
    kZmtp,
  };
  Kind kind = Kind::kSilent;
  std::string text;  // kForeign: its first line, printable; kZmtp: the mechanism, "NULL" or "CURVE"
};

// The beginning of our own greeting, up to where the other end has to say all of its own.
std::string_view greeting_question();
inline constexpr std::size_t kGreetingBytes = 64;

Greeting greeting_of(const TcpConnection::Said& said);

}  // namespace mandel
