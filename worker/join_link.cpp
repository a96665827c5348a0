// See join_link.h.
#include "worker/join_link.h"

#include <fmt/format.h>
#include <utility>

#include "common/base/peer_log.h"
#include "common/base/text.h"

namespace mandel {

JoinLink::JoinLink(zmq::context_t& context, const Address& master, Dialler::Config config,
                   const Identity& identity)
    : dialler_(context, resolver_, master, std::move(config)), join_(join_message(identity)) {}

void JoinLink::dial() {
  auto link = dialler_.dial();
  if (!link) return hang_up(link.error().what);
  is_looking_up_ = *link == nullptr;
  if (is_looking_up_) return;
  link_ = *std::move(link);
  link_->send(join_);  // waits in the socket until the connection stands
  peer_ = fmt::format("joined {}", ++links_);
  was_taken_ = false;
}

// The daemon notices when it has something to send to the peer, which is within one beat.
void JoinLink::hang_up(const std::string& reason) {
  link_.reset();
  is_looking_up_ = false;
  due_ = steady_now() + (dialler_.has_more() ? 0 : backoff_.next_pause());
  if (was_taken_) {
    log_of_peer(PeerLine::kDebug, "", "the master has gone: " + reason);
  } else if (!reason.empty() && std::exchange(told_, reason) != reason) {
    log_of_peer(PeerLine::kWarning, "", fmt::format("can't join: {}; still trying", reason));
  }
  was_taken_ = false;
}

std::optional<Hub::Incoming> JoinLink::receive() {
  resolver_.clear();
  if (!link_ && steady_now() >= due_) dial();
  if (!link_) return std::nullopt;
  if (auto message = link_->receive()) {
    if (*message && (*message)->head.has_refusal()) {
      hang_up(printable((*message)->head.refusal().reason()));
      return std::nullopt;
    }
    // A master says hello to whoever asks; it may still have no place.
    if (*message && !(*message)->head.has_hello() && !std::exchange(was_taken_, true)) {
      backoff_.reset();
      told_.clear();
    }
    return Incoming{peer_, *std::move(message)};
  }
  // Looked at after the messages: what came before the end still counts.
  if (const auto end = link_->ended()) hang_up(dialler_.explain(*end));
  return std::nullopt;
}

bool JoinLink::send(const std::string& peer, const wire::Envelope& head,
                    std::optional<zmq::message_t> body, std::shared_ptr<const void> receipt) {
  return link_ && peer == peer_ && link_->send(head, std::move(body), std::move(receipt));
}

bool JoinLink::hang_up(const std::string& peer, const TcpHandle&) {
  if (!link_ || peer != peer_) return false;
  link_->discard();
  hang_up("it does not read what it is sent");
  return true;
}

void JoinLink::watch(Sleeper& sleeper) {
  resolver_.watch(sleeper);
  if (link_) link_->watch(sleeper);
}

}  // namespace mandel
