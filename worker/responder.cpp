// See responder.h.
#include "worker/responder.h"

#include <span>
#include <utility>

#include "common/wire/wire.h"

namespace mandel {
namespace {

constexpr int kAnswersPerTurn = 64;

}  // namespace

Result<Responder> Responder::start(const Address& listening, const Identity& identity,
                                   std::string key) {
  auto socket = UdpSocket::bind(listening);
  if (!socket) return tl::unexpected(socket.error());
  return Responder(*std::move(socket), {.nonce = 0,
                                        .incarnation = identity.incarnation,
                                        .protocol_min = kProtocolMin,
                                        .protocol_max = kProtocolMax,
                                        .port = listening.port,
                                        .key = std::move(key),
                                        .host = identity.host});
}

void Responder::answer() {
  if (!std::exchange(is_asked_, false)) return;
  for (int n = 0; n < kAnswersPerTurn; ++n) {
    const auto datagram = socket_.receive();
    if (!datagram) return;
    const auto nonce = read_discovery_question(datagram->bytes);
    if (!nonce) continue;
    answer_.nonce = *nonce;
    const std::string bytes = encode(answer_);
    socket_.send(std::as_bytes(std::span(bytes)), datagram->from);
  }
}

}  // namespace mandel
