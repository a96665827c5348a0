// See first_contact.h.
#include "common/keys/first_contact.h"

#include <arpa/inet.h>
#include <cstring>
#include <netinet/in.h>
#include <poll.h>

#include "common/base/random.h"
#include "common/keys/keys.h"
#include "common/net/discovery.h"
#include "common/net/udp.h"

namespace mandel {
namespace {

constexpr int kTries = 4;  // a datagram may be lost
constexpr int kTryMs = 250;

template <typename Socket>
UdpSocket::Peer peer_of(const Socket& address) {
  UdpSocket::Peer peer;
  std::memcpy(&peer.address, &address, sizeof address);
  peer.length = sizeof address;
  return peer;
}

// Nothing for a name, which could not be resolved.
std::optional<UdpSocket::Peer> peer_at(const Address& numeric) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(numeric.port);
  if (inet_pton(AF_INET, numeric.host.c_str(), &v4.sin_addr) == 1) return peer_of(v4);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(numeric.port);
  if (inet_pton(AF_INET6, numeric.host.c_str(), &v6.sin6_addr) == 1) return peer_of(v6);
  return std::nullopt;
}

}  // namespace

Result<std::string> offered_key(const Address& numeric) {
  const auto worker = peer_at(numeric);
  if (!worker) return fail("its name does not resolve");
  auto socket = UdpSocket::bind({worker->address.ss_family == AF_INET ? "0.0.0.0" : "::", 0});
  if (!socket) return tl::unexpected(socket.error());
  const std::uint64_t nonce = random_number();
  for (int k = 0; k < kTries; ++k) {
    socket->send(discovery_question(nonce), *worker);
    for (pollfd waiting{socket->fd(), POLLIN, 0}; poll(&waiting, 1, kTryMs) == 1;) {
      const auto datagram = socket->receive();
      if (!datagram) continue;
      const auto answer = read_discovery_answer(datagram->bytes);
      if (!answer || answer->nonce != nonce || answer->port != numeric.port) continue;
      if (is_key(answer->key)) return answer->key;
      return fail("it says that it has no key: it speaks plain, see --insecure");
    }
  }
  return fail(
      "it was asked for its key by UDP and does not answer; was it started with "
      "--no-discovery, or does a firewall keep that out?");
}

}  // namespace mandel
