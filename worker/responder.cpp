// See responder.h.
#include "worker/responder.h"

#include <span>
#include <utility>

#include "common/wire/wire.h"

namespace mandel {
namespace {

// A thousand questions a second, where one machine can ask 343,000.
constexpr std::int64_t kQuestionsAtOnce = 100;
constexpr Nanoseconds kQuestionPeriod = kMillisecond;
constexpr Nanoseconds kRest = 50 * kMillisecond;

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

Responder::Responder(UdpSocket socket, DiscoveryAnswer answer)
    : socket_(std::move(socket)),
      answer_(std::move(answer)),
      budget_(kQuestionsAtOnce, kQuestionPeriod) {}

void Responder::answer(Nanoseconds now) {
  if (!is_asked_ || now < rests_until_) return;
  while (budget_.pass(now)) {
    const auto datagram = socket_.receive();
    if (!datagram) {
      is_asked_ = false;
      return;
    }
    const auto nonce = read_discovery_question(datagram->bytes);
    if (!nonce) continue;
    answer_.nonce = *nonce;
    const std::string bytes = encode(answer_);
    socket_.send(std::as_bytes(std::span(bytes)), datagram->from);
  }
  rests_until_ = now + kRest;
}

}  // namespace mandel
