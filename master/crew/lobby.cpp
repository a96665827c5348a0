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
constexpr std::size_t kBytesPerTurn = std::size_t{64} << 20;
// More than comes in a turn: its Host does not read, and it sends all the same.
constexpr std::size_t kInboxBytesMax = 2 * kBytesPerTurn;
constexpr Nanoseconds kWelcomeTime = 5 * kSecond;  // until a hello is answered
constexpr std::size_t kGuestsWaitingMax = 1024;    // then the oldest is sent away
// So many places of a machine whose workers were dismissed, and it gets no more.
constexpr std::size_t kClosedPlacesMax = 8;
constexpr Nanoseconds kKeysLookPeriod = kSecond / 2;
// Workers try every 2 s.
constexpr Nanoseconds kBeginning = 5 * kSecond / 2;

std::size_t wire_bytes(const FromPeer<Message>& message) {
  return message ? message->head.ByteSizeLong() + message->body.size() : 0;
}
// In the inbox, where many small ones are more than their bytes.
std::size_t memory_of(const FromPeer<Message>& message) { return 512 + wire_bytes(message); }

}  // namespace

// What came for one guest, and the way to it.
class Lobby::Link final : public Connection {
 public:
  Link(Lobby& lobby, std::uint32_t place, std::string peer, Message welcome)
      : lobby_(lobby), place_(place), peer_(std::move(peer)) {
    lobby_.links_[peer_] = this;
    put(std::move(welcome));
  }
  // A ROUTER can't hang up: the worker is asked to, so that it comes back on a fresh connection.
  ~Link() override {
    lobby_.links_.erase(peer_);
    if (!is_over_) lobby_.send_away(peer_, "this session is over");
  }

  void put(FromPeer<Message> message) {
    if (inbox_bytes_ >= kInboxBytesMax) return end();
    inbox_bytes_ += memory_of(message);
    inbox_.push_back(std::move(message));
  }
  void end() { is_over_ = true; }
  std::uint32_t place() const { return place_; }

  std::optional<FromPeer<Message>> receive() override {
    if (inbox_.empty()) return std::nullopt;
    auto message = std::move(inbox_.front());
    inbox_.pop_front();
    inbox_bytes_ -= memory_of(message);
    bytes_in_ += wire_bytes(message);
    return message;
  }
  bool send(const wire::Envelope& head) override {
    bytes_out_ += head.ByteSizeLong();
    if (head.has_hello()) return true;  // the lobby has said it
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
  const std::uint32_t place_;
  const std::string peer_;
  std::deque<FromPeer<Message>> inbox_;
  std::size_t inbox_bytes_ = 0;
  bool is_over_ = false;
  std::uint64_t bytes_in_ = 0;
  std::uint64_t bytes_out_ = 0;
};

class Lobby::Doorman final : public Connector {
 public:
  Doorman(Lobby& lobby, const Guest& guest)
      : lobby_(lobby), place_(guest.place), peer_{guest.address, guest.key} {}
  Result<std::unique_ptr<Connection>> connect() override { return lobby_.link_to(place_); }
  std::string explain(LinkEnd) override { return "the connection was closed"; }
  Peer peer() const override { return peer_; }
  void close() override { lobby_.places_[place_].is_closed = true; }

 private:
  Lobby& lobby_;
  const std::uint32_t place_;
  const Peer peer_;  // of all processes that have the place
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
  if (gate_) gate_->answer();
  if (gate_ && now >= next_look_) {
    next_look_ = now + kKeysLookPeriod;
    gate_->refresh();
  }
  forget_waiting(now);
  std::vector<Guest> first_time;
  std::size_t bytes = 0;
  for (int n = 0; n < kMessagesPerTurn && bytes < kBytesPerTurn; ++n) {
    auto incoming = socket_.receive();
    if (!incoming) break;
    bytes += wire_bytes(incoming->message);
    sort(*std::move(incoming), now, first_time);
  }
  return first_time;
}

void Lobby::sort(Hub::Incoming incoming, Nanoseconds now, std::vector<Guest>& first_time) {
  const auto link = links_.find(incoming.peer);
  // Asked of every message: keys may be taken off the list.
  if (gate_ && !gate_->admits(incoming.key)) {
    if (link != links_.end()) link->second->end();
    waiting_.erase(incoming.peer);
    return send_away(incoming.peer, "this worker's key is not known any more");
  }
  if (link != links_.end()) return link->second->put(std::move(incoming.message));
  if (!incoming.message) return send_away(incoming.peer, incoming.message.error().what);
  if (incoming.message->head.has_join()) return say_hello(incoming, now);
  if (incoming.message->head.has_welcome())
    return seat(incoming.peer, *std::move(incoming.message), first_time);
  if (incoming.message->head.has_refusal()) waiting_.erase(incoming.peer);
  // The rest is from a connection whose session is over, or from no worker.
}

// Whoever asks is said hello to. A place is for those who answer: anybody can join and hang up.
void Lobby::say_hello(const Hub::Incoming& join, Nanoseconds now) {
  const wire::Join& message = join.message->head.join();
  if (waiting_.size() >= kGuestsWaitingMax) {
    const auto oldest = std::ranges::min_element(
        waiting_, {}, [](const auto& waiting) { return waiting.second.since; });
    send_away(oldest->first, "too many workers ask at once");
    waiting_.erase(oldest);
  }
  // With the key, so that one machine that is trusted can't take another's place.
  Waiting& waiting = waiting_[join.peer];
  waiting.id = fmt::format("{}/{:016x}", join.key, message.incarnation());
  waiting.machine = fmt::format("{}/{}", join.key, join.address);
  waiting.host = printable(message.host());
  waiting.address = {join.address, 0};
  waiting.key = join.key;
  waiting.since = now;
  if (!socket_.send(join.peer, hello_message())) waiting_.erase(join.peer);
}

void Lobby::forget_waiting(Nanoseconds now) {
  std::erase_if(waiting_, [&](const auto& waiting) {
    const bool is_late = now - waiting.second.since > kWelcomeTime;
    if (is_late) send_away(waiting.first, "no answer");
    return is_late;
  });
}

void Lobby::seat(const std::string& peer, Message welcome, std::vector<Guest>& first_time) {
  const auto asked = waiting_.extract(peer);
  if (asked.empty()) return;
  const Waiting& waiting = asked.mapped();
  std::string why_not;
  const auto found = place_for(waiting, why_not);
  if (!found) return send_away(peer, why_not);
  const std::uint32_t place = *found;
  if (place == places_.size()) {
    places_.emplace_back();
    first_time.push_back({place, waiting.host, waiting.address, waiting.key, waiting.machine});
  }
  // If it is the same process, it has noticed before us that its old connection is dead.
  for (const auto& [other, link] : links_)
    if (link->place() == place) link->end();
  places_[place] = {waiting.id, waiting.machine, peer, std::move(welcome)};
}

// Its own; or one that another process left; or a new one, which is the next number.
std::optional<std::uint32_t> Lobby::place_for(const Waiting& waiting, std::string& why_not) const {
  std::optional<std::uint32_t> vacant;
  std::size_t closed = 0;
  for (std::uint32_t place = 0; place < places_.size(); ++place) {
    const Place& known = places_[place];
    if (known.machine != waiting.machine && known.guest != waiting.id) continue;
    if (known.is_closed) {
      ++closed;
      if (known.guest == waiting.id) closed = kClosedPlacesMax;
    } else if (known.guest == waiting.id) {
      return place;
    } else if (is_vacant(place)) {
      vacant = place;
    }
  }
  if (closed >= kClosedPlacesMax) {
    why_not = "this master does not use workers from there any more";
  } else if (vacant) {
    return vacant;
  } else if (!is_door_open_) {
    why_not = "this master takes no more workers";
  } else if (places_.size() >= kHostsMax) {
    why_not = "this master has too many workers";
  } else {
    return static_cast<std::uint32_t>(places_.size());
  }
  return std::nullopt;
}

bool Lobby::is_vacant(std::uint32_t place) const {
  return places_[place].peer.empty() &&
         std::ranges::none_of(links_, [&](const auto& l) { return l.second->place() == place; });
}

std::unique_ptr<Connector> Lobby::connector(const Guest& guest) {
  return std::make_unique<Doorman>(*this, guest);
}

std::unique_ptr<Connection> Lobby::link_to(std::uint32_t place) {
  std::string peer = std::exchange(places_.at(place).peer, "");
  if (peer.empty()) return nullptr;
  return std::make_unique<Link>(*this, place, std::move(peer), std::move(places_[place].welcome));
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
