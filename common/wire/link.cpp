// See link.h.
#include "common/wire/link.h"

#include <atomic>
#include <cstring>
#include <fmt/format.h>
#include <string_view>

#include "common/base/tsan.h"
#include "common/keys/gate.h"
#include "common/wire/batch.h"

namespace mandel {
namespace {

constexpr int kFlushMs = 500;          // how long a closing socket tries to send what is queued
constexpr int kHandshakeMs = 2000;     // ZMTP's own handshake
constexpr int kConnectMs = 2000;       // one try of TCP's
constexpr int kRedialMs = 100;         // first pause between tries
constexpr int kRedialMsMax = 2000;     // and longest
constexpr int kProbeAfterSeconds = 5;  // a connection on which nothing travels
constexpr int kProbes = 2;             // so long after each other, and it is dead
constexpr int kUnconfirmedMsMax = 15000;
// What a peer may send ahead of what this end has read: libzmq counts messages, of which each may
// be as large as the largest.
constexpr std::size_t kUnreadByWorkerMax = std::size_t{4} << 20;
constexpr std::size_t kUnreadByMasterMax = std::size_t{64} << 20;
constexpr std::size_t kUnreadMin = 8;     // messages: many small ones may follow a large one
constexpr std::size_t kUnreadMax = 1000;  // messages, ZeroMQ's own limit
// What CURVE adds to a frame before libzmq compares it with the limit: 33 bytes of nonce, flags and
// authenticator.
constexpr std::size_t kCurveBytes = 64;

template <typename Number>
Number value_at(const zmq::message_t& frame, std::size_t offset) {
  Number value{};
  if (frame.size() >= offset + sizeof value)
    std::memcpy(&value, frame.data<std::byte>() + offset, sizeof value);
  return value;
}

// ZeroMQ throws for EINTR, even when it was told not to wait.
bool try_receive(zmq::socket_t& socket, Readiness& readiness, zmq::message_t& frame) {
  if (!readiness.may_have_more()) return false;
  try {
    if (socket.recv(frame, zmq::recv_flags::dontwait)) return true;
    readiness.found_nothing();
    return false;
  } catch (const zmq::error_t& error) {
    if (error.num() == EINTR) return false;
    throw;
  }
}

// Reads the frames after the head. All parts of a message arrive together, so that once the first
// is there the rest never blocks.
FromPeer<Message> receive_message(zmq::socket_t& socket, zmq::message_t& head) {
  Message message;
  tsan_received(head.data());  // inproc copies nothing
  const bool has_body = head.more();
  bool too_long = false;
  if (has_body) {
    (void)socket.recv(message.body, zmq::recv_flags::none);
    tsan_received(message.body.data());
    for (bool more = message.body.more(); more;) {
      zmq::message_t surplus;
      (void)socket.recv(surplus, zmq::recv_flags::none);
      more = surplus.more();
      too_long = true;
    }
  }
  if (too_long) return blame_peer("a message of more than two frames");
  auto envelope = decode({head.data<std::byte>(), head.size()}, has_body);
  if (!envelope) return tl::unexpected(envelope.error());
  message.head = *std::move(envelope);
  return message;
}

// The messages of a batch. Each gets its own body, so that none keeps all others in memory.
FromPeer<std::vector<Message>> taken_apart(Message batch) {
  auto unpacked = unpack(std::move(*batch.head.mutable_batch()), batch.body.size());
  if (!unpacked) return tl::unexpected(unpacked.error());
  std::vector<Message> messages;
  messages.reserve(unpacked->size());
  for (auto& [head, offset, bytes] : *unpacked) {
    Message& message = messages.emplace_back();
    message.head.Swap(&head);
    if (bytes > 0) message.body.rebuild(batch.body.data<std::byte>() + offset, bytes);
  }
  return messages;
}

// Takes from the front what was put at the back.
template <typename Item>
std::optional<Item> next_of(std::deque<Item>& items) {
  if (items.empty()) return std::nullopt;
  std::optional<Item> next(std::move(items.front()));
  items.pop_front();
  return next;
}

// What came, as `item_of` makes it; of a batch the first message, and the others wait in `rest`.
template <typename Item, typename ItemOf>
std::optional<Item> first_of(FromPeer<Message> message, std::deque<Item>& rest, ItemOf item_of) {
  if (!message || !message->head.has_batch()) return item_of(std::move(message));
  auto messages = taken_apart(*std::move(message));
  if (!messages) return item_of(tl::unexpected(messages.error()));
  for (Message& one : *messages) rest.push_back(item_of(std::move(one)));
  return next_of(rest);
}

// Where somebody waits for its end, it is not copied: a copy would tell nobody.
zmq::message_t head_frame(std::string bytes, std::shared_ptr<const void> receipt) {
  if (!receipt) return zmq::message_t(bytes);
  struct Head {
    std::string bytes;
    std::shared_ptr<const void> receipt;
  };
  const auto head = std::make_shared<const Head>(Head{std::move(bytes), std::move(receipt)});
  return frame_of(std::as_bytes(std::span(head->bytes)), head);
}

constexpr auto kLast = zmq::send_flags::dontwait;
constexpr auto kMore = kLast | zmq::send_flags::sndmore;

// Sends the frames after the routing id, and returns how many bytes they have; nothing if there is
// no room for them.
std::optional<std::size_t> send_message(zmq::socket_t& socket, const wire::Envelope& head,
                                        std::optional<zmq::message_t> body,
                                        std::shared_ptr<const void> receipt) {
  auto frame = head_frame(encode(head), std::move(receipt));
  const std::size_t sum = frame.size() + (body ? body->size() : 0);
  tsan_sent(frame.data());
  if (!socket.send(frame, body ? kMore : kLast)) return std::nullopt;
  if (!body) return sum;
  tsan_sent(body->data());
  return socket.send(*body, kLast) ? std::optional(sum) : std::nullopt;
}

// What libzmq knows of the connection that a frame came by; empty if it does not.
std::string property(zmq::message_t& frame, const char* name) {
  const char* value = zmq_msg_gets(frame.handle(), name);
  return value != nullptr ? value : "";
}
constexpr const char* kKeyProperty = "User-Id";  // what the Gate called it
constexpr const char* kAddressProperty = "Peer-Address";

TcpHandle connection_of(const zmq::message_t& frame) {
  return TcpHandle(zmq_msg_get(frame.handle(), ZMQ_SRCFD));
}

void set_common_options(zmq::socket_t& socket, Side side, bool is_ipv6) {
  socket.set(zmq::sockopt::linger, kFlushMs);
  socket.set(zmq::sockopt::handshake_ivl, kHandshakeMs);
  // Only where asked for: with it, IPv4 addresses would be shown as [::ffff:127.0.0.1].
  socket.set(zmq::sockopt::ipv6, is_ipv6);
  std::size_t frame_bytes_max = kHeadBytesMax;
  std::size_t unread_bytes_max = kUnreadByWorkerMax;
  if (const auto* master = std::get_if<MasterSide>(&side)) {
    frame_bytes_max = std::max(frame_bytes_max, master->body_bytes_max);
    unread_bytes_max = kUnreadByMasterMax;
  } else {
    socket.set(zmq::sockopt::sndhwm, std::get<WorkerSide>(side).queue_max);
    // Lets go of masters whose machine has vanished. By TCP, not by ZMTP's heartbeats: libzmq 4.3
    // aborts the master (assertion !_io_error) if one waits behind messages that are not read yet
    // while the connection breaks.
    socket.set(zmq::sockopt::tcp_keepalive, 1);
    socket.set(zmq::sockopt::tcp_keepalive_idle, kProbeAfterSeconds);
    socket.set(zmq::sockopt::tcp_keepalive_intvl, kProbeAfterSeconds);
    socket.set(zmq::sockopt::tcp_keepalive_cnt, kProbes);
    socket.set(zmq::sockopt::tcp_maxrt, kUnconfirmedMsMax);
  }
  socket.set(zmq::sockopt::rcvhwm, static_cast<int>(std::clamp(unread_bytes_max / frame_bytes_max,
                                                               kUnreadMin, kUnreadMax)));
  socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(frame_bytes_max + kCurveBytes));
}

constexpr int kEvents = ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                        ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

// A failed handshake is told first, and then that the connection was closed.
LinkEnd end_by(std::uint16_t event, std::uint32_t value) {
  switch (event) {
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
      return LinkEnd::kNotAdmitted;
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
      return value == ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH ? LinkEnd::kUnlike
                                                                 : LinkEnd::kClosed;
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:  // the value is errno; a timeout is another matter
      return value == EPIPE || value == ECONNRESET ? LinkEnd::kMisheard : LinkEnd::kClosed;
    case ZMQ_EVENT_CONNECT_RETRIED:
      return LinkEnd::kUnreached;
    default:
      return LinkEnd::kClosed;
  }
}

bool is_ipv6(const std::string& endpoint) { return endpoint.find('[') != std::string::npos; }

void let_go(void*, void* owner) {
  tsan_received(owner);
  delete static_cast<std::shared_ptr<const void>*>(owner);
}

}  // namespace

zmq::message_t frame_of(std::span<const std::byte> bytes, std::shared_ptr<const void> owner) {
  auto* const kept = new std::shared_ptr<const void>(std::move(owner));
  tsan_sent(kept);
  // ZeroMQ's interface knows no constant bytes, but it changes none.
  return {const_cast<std::byte*>(bytes.data()), bytes.size(), let_go, kept};
}

zmq::socket_t listening_socket(zmq::context_t& context, Side side, bool is_ipv6) {
  zmq::socket_t socket(context, zmq::socket_type::router);
  set_common_options(socket, side, is_ipv6);
  socket.set(zmq::sockopt::router_mandatory, true);
  socket.set(zmq::sockopt::backlog, 1024);
  return socket;
}

zmq::socket_t dialling_socket(zmq::context_t& context, Side side, bool is_ipv6) {
  zmq::socket_t socket(context, zmq::socket_type::dealer);
  set_common_options(socket, side, is_ipv6);
  socket.set(zmq::sockopt::connect_timeout, kConnectMs);
  socket.set(zmq::sockopt::reconnect_ivl, kRedialMs);
  socket.set(zmq::sockopt::reconnect_ivl_max, kRedialMsMax);
  return socket;
}

void secure(zmq::socket_t& dialling, const Curve& curve) {
  dialling.set(zmq::sockopt::curve_publickey, curve.own.public_key);
  dialling.set(zmq::sockopt::curve_secretkey, curve.own.secret_key);
  dialling.set(zmq::sockopt::curve_serverkey, curve.peer);
}

void secure(zmq::socket_t& listening, const Gate& gate) {
  listening.set(zmq::sockopt::curve_server, true);
  listening.set(zmq::sockopt::curve_secretkey, gate.own().secret_key);
  listening.set(zmq::sockopt::zap_domain, "mandel");
}

Result<ListenLink> ListenLink::bind(zmq::context_t& context, const std::string& endpoint, Side side,
                                    const Gate* gate) {
  try {
    zmq::socket_t socket = listening_socket(context, side, is_ipv6(endpoint));
    if (gate != nullptr) secure(socket, *gate);
    socket.bind(endpoint);
    return ListenLink(std::move(socket));
  } catch (const zmq::error_t& error) {
    return fail(fmt::format("can't listen on {}: {}", endpoint, error.what()));
  }
}

std::optional<Address> ListenLink::address() const {
  constexpr std::string_view kScheme = "tcp://";
  const std::string endpoint = socket_.get(zmq::sockopt::last_endpoint);
  if (!endpoint.starts_with(kScheme)) return std::nullopt;
  return *parse_address(std::string_view(endpoint).substr(kScheme.size()));
}

std::optional<ListenLink::Incoming> ListenLink::receive() {
  if (auto next = next_of(unpacked_)) return next;
  zmq::message_t peer;
  if (!try_receive(socket_, readiness_, peer)) return std::nullopt;
  if (!peer.more())
    return Incoming{peer.to_string(), blame_peer("an empty message"), property(peer, kKeyProperty)};
  zmq::message_t head;
  (void)socket_.recv(head, zmq::recv_flags::none);
  return first_of(receive_message(socket_, head), unpacked_, [&](FromPeer<Message> message) {
    const bool is_join = message && message->head.has_join();
    const bool is_hello = message && message->head.has_hello();
    return Incoming{peer.to_string(), std::move(message), property(head, kKeyProperty),
                    is_join ? unmapped(property(head, kAddressProperty)) : "",
                    is_hello ? connection_of(head) : TcpHandle()};
  });
}

void ListenLink::watch(Sleeper& sleeper) {
  if (!unpacked_.empty()) sleeper.skip();
  readiness_.watch(socket_, sleeper);
}

bool ListenLink::hang_up(const std::string&, const TcpHandle& connection) {
  return connection.shut_down();
}

bool ListenLink::send(const std::string& peer, const wire::Envelope& head,
                      std::optional<zmq::message_t> body, std::shared_ptr<const void> receipt) {
  readiness_.touched();
  try {
    return socket_.send(zmq::buffer(peer), kMore) &&
           send_message(socket_, head, std::move(body), std::move(receipt));
  } catch (const zmq::error_t& error) {
    if (error.num() == EHOSTUNREACH) return false;
    throw;
  }
}

DialLink::DialLink(zmq::context_t& context, const std::string& endpoint, Side side,
                   const std::optional<Curve>& curve, Tries tries)
    : socket_(dialling_socket(context, side, is_ipv6(endpoint))),
      monitor_(context, zmq::socket_type::pair),
      readiness_(socket_),
      monitor_readiness_(monitor_) {
  if (curve) secure(socket_, *curve);
  static std::atomic<std::uint64_t> serial{0};
  const std::string events = fmt::format("inproc://mandel-monitor-{}", serial++);
  const int kinds = kEvents | (tries == Tries::kOne ? ZMQ_EVENT_CONNECT_RETRIED : 0);
  MANDEL_ASSERT(zmq_socket_monitor(socket_.handle(), events.c_str(), kinds) == 0);
  monitor_.connect(events);
  try {
    socket_.connect(endpoint);
  } catch (const zmq::error_t&) {
    end_ = LinkEnd::kClosed;  // a name that can't be one, or no file descriptor left
  }
}

// The monitor has to stop while its reader is still there. A socket that lingers would otherwise
// send an event to nobody, which blocks libzmq's I/O thread, and with it every other link.
DialLink::~DialLink() { zmq_socket_monitor(socket_.handle(), nullptr, 0); }

std::optional<FromPeer<Message>> DialLink::receive() {
  if (auto next = next_of(unpacked_)) return next;
  zmq::message_t head;
  if (!try_receive(socket_, readiness_, head)) return std::nullopt;
  bytes_in_ += head.size();
  auto message = receive_message(socket_, head);
  if (message) bytes_in_ += message->body.size();
  return first_of(std::move(message), unpacked_, [](FromPeer<Message> one) { return one; });
}

bool DialLink::send(const wire::Envelope& head, std::optional<zmq::message_t> body,
                    std::shared_ptr<const void> receipt) {
  readiness_.touched();
  const auto bytes = send_message(socket_, head, std::move(body), std::move(receipt));
  bytes_out_ += bytes.value_or(0);
  return bytes.has_value();
}

void DialLink::discard() { socket_.set(zmq::sockopt::linger, 0); }

std::optional<LinkEnd> DialLink::ended() {
  zmq::message_t event;  // its kind in 16 bits and its value in 32; then a frame with the endpoint
  while (try_receive(monitor_, monitor_readiness_, event)) {
    if (!end_)
      end_ = end_by(value_at<std::uint16_t>(event, 0),
                    value_at<std::uint32_t>(event, sizeof(std::uint16_t)));
    while (event.more()) (void)monitor_.recv(event, zmq::recv_flags::none);
  }
  return end_;
}

void DialLink::watch(Sleeper& sleeper) {
  if (!unpacked_.empty()) sleeper.skip();
  readiness_.watch(socket_, sleeper);
  monitor_readiness_.watch(monitor_, sleeper);
}

}  // namespace mandel
