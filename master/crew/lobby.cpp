// See lobby.h.
#include "master/crew/lobby.h"

#include <algorithm>
#include <deque>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <utility>

#include "common/base/text.h"
#include "common/net/host_expression.h"
#include "master/crew/messages.h"

namespace mandel {
namespace {

constexpr int kMessagesPerTurn = 256;  // then the hosts read theirs
constexpr Nanoseconds kKeysLookPeriod = kSecond / 2;
// Workers try every 2 s.
constexpr Nanoseconds kBeginning = 5 * kSecond / 2;

}  // namespace

// What came for one guest, and the way to it.
class Lobby::Link final : public Connection {
 public:
  Link(Lobby& lobby, std::string guest, std::string peer)
      : lobby_(lobby), guest_(std::move(guest)), peer_(std::move(peer)) {
    lobby_.links_[peer_] = this;
  }
  // A ROUTER can't hang up: the worker is asked to, so that it comes back on a fresh connection.
  ~Link() override {
    lobby_.links_.erase(peer_);
    if (!is_over_) lobby_.send_away(peer_, "this session is over");
  }

  void put(FromPeer<Message> message) { inbox_.push_back(std::move(message)); }
  void end() { is_over_ = true; }
  const std::string& guest() const { return guest_; }

  std::optional<FromPeer<Message>> receive() override {
    if (inbox_.empty()) return std::nullopt;
    auto message = std::move(inbox_.front());
    inbox_.pop_front();
    if (message) bytes_in_ += message->head.ByteSizeLong() + message->body.size();
    return message;
  }
  bool send(const wire::Envelope& head) override {
    bytes_out_ += head.ByteSizeLong();
    if (!is_over_ && !lobby_.socket_.send(peer_, head)) is_over_ = true;
    return true;  // that it is gone is what ended() says
  }
  std::optional<LinkEnd> ended() override {
    return is_over_ ? std::optional(LinkEnd::kClosed) : std::nullopt;
  }
  void discard() override {}
  std::uint64_t bytes_in() const override { return bytes_in_; }
  std::uint64_t bytes_out() const override { return bytes_out_; }
  void watch(Sleeper&) override {}  // the lobby does

 private:
  Lobby& lobby_;
  const std::string guest_;
  const std::string peer_;
  std::deque<FromPeer<Message>> inbox_;
  bool is_over_ = false;
  std::uint64_t bytes_in_ = 0;
  std::uint64_t bytes_out_ = 0;
};

class Lobby::Doorman final : public Connector {
 public:
  Doorman(Lobby& lobby, std::string guest) : lobby_(lobby), guest_(std::move(guest)) {}
  Result<std::unique_ptr<Connection>> connect() override { return lobby_.link_to(guest_); }
  std::string explain(LinkEnd) override { return "the connection was closed"; }

 private:
  Lobby& lobby_;
  const std::string guest_;
};

Result<std::unique_ptr<Lobby>> Lobby::open(zmq::context_t& context, const Address& listening,
                                           std::size_t body_bytes_max,
                                           std::optional<KeyRing> keys) {
  std::unique_ptr<Gate> gate;
  if (keys) gate = std::make_unique<Gate>(context, *std::move(keys));
  auto socket =
      ListenLink::bind(context, listening.endpoint(), MasterSide{body_bytes_max}, gate.get());
  if (!socket) return tl::unexpected(socket.error());
  Address address = *socket->address();
  return std::unique_ptr<Lobby>(new Lobby(std::move(gate), *std::move(socket), std::move(address)));
}

Lobby::Lobby(std::unique_ptr<Gate> gate, ListenLink socket, Address address)
    : gate_(std::move(gate)),
      socket_(std::move(socket)),
      address_(std::move(address)),
      begun_at_(steady_now() + kBeginning) {}

std::vector<Lobby::Guest> Lobby::receive(Nanoseconds now) {
  if (gate_) gate_->answer(now);
  if (gate_ && now >= next_look_) {
    next_look_ = now + kKeysLookPeriod;
    gate_->refresh();
  }
  std::vector<Guest> first_time;
  for (int n = 0; n < kMessagesPerTurn; ++n) {
    auto incoming = socket_.receive();
    if (!incoming) break;
    sort(*std::move(incoming), first_time);
  }
  return first_time;
}

void Lobby::sort(Hub::Incoming incoming, std::vector<Guest>& first_time) {
  const auto link = links_.find(incoming.peer);
  // Asked of every message: keys may be taken off the list.
  if (gate_ && !gate_->admits(incoming.key)) {
    if (link != links_.end()) link->second->end();
    return send_away(incoming.peer, "this worker's key is not known any more");
  }
  if (link != links_.end()) return link->second->put(std::move(incoming.message));
  if (incoming.message && incoming.message->head.has_join()) return seat(incoming, first_time);
  // From a connection whose session is over, or from no worker.
  if (!incoming.message) send_away(incoming.peer, incoming.message.error().what);
}

void Lobby::seat(const Hub::Incoming& join, std::vector<Guest>& first_time) {
  const wire::Join& message = join.message->head.join();
  // With the key, so that one machine that is trusted can't take another's place.
  std::string guest = fmt::format("{}/{:016x}", join.key, message.incarnation());
  const auto known = here_.find(guest);
  if (known == here_.end()) {
    if (!is_door_open_) return send_away(join.peer, "this master takes no more workers");
    if (here_.size() >= kHostsMax) return send_away(join.peer, "this master has too many workers");
    here_.emplace(guest, join.peer);
    first_time.push_back({std::move(guest), printable(message.host()), Address{join.address, 0}});
    return;
  }
  // It has noticed before us that its old connection is dead.
  for (const auto& [peer, link] : links_)
    if (link->guest() == guest) link->end();
  known->second = join.peer;
}

std::unique_ptr<Connector> Lobby::connector(std::string guest) {
  return std::make_unique<Doorman>(*this, std::move(guest));
}

std::unique_ptr<Connection> Lobby::link_to(const std::string& guest) {
  std::string peer = std::exchange(here_.at(guest), "");
  if (peer.empty()) return nullptr;
  return std::make_unique<Link>(*this, guest, std::move(peer));
}

void Lobby::send_away(const std::string& peer, const std::string& reason) {
  (void)socket_.send(peer, not_admitted_message(reason));  // a worker that is gone need not be told
}

Nanoseconds Lobby::next_timer() const { return gate_ ? next_look_ : INT64_MAX; }

void Lobby::watch(Sleeper& sleeper) {
  socket_.watch(sleeper);
  if (gate_) gate_->watch(sleeper);
}

}  // namespace mandel
