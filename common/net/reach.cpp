// See reach.h.
#include "common/net/reach.h"

#include <cerrno>
#include <cstring>

#include "common/net/tcp.h"
#include "common/net/zmtp_probe.h"

namespace mandel {
namespace {

std::string why_not_dialled(int error) {
  switch (error) {
    case ECONNREFUSED:
      return "connection refused: start mandel-worker there, or check the port";
    case ETIMEDOUT:
      return "no answer: is the machine on, and does its firewall let this port in?";
    case EHOSTUNREACH:
    case ENETUNREACH:
      return "no route to it: check the address and the cable";
    default:
      return std::strerror(error);
  }
}

}  // namespace

std::string diagnose(const Address& address, int timeout_ms) {
  const auto numeric = resolve(address);
  if (!numeric) return numeric.error().what;
  auto connection = TcpConnection::dial(*numeric, timeout_ms);
  if (!connection) return why_not_dialled(connection.error());
  if (greeting_of(connection->ask(greeting_question(), kGreetingBytes, timeout_ms)).text ==
      kMechanismOfKeys)
    return "it speaks with keys only, and here they are off: by --insecure, or on a loopback "
           "address for want of a key";
  return "it accepts connections, but does not speak mandel's protocol: is another service on "
         "that port?";
}

}  // namespace mandel
