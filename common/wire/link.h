// The ZeroMQ links: the only place that knows socket types and options. The end that listens has
// one ROUTER, which tells peers apart by routing id. The end that dials has a DEALER for each peer,
// so that closing it ends exactly one session and drops its queued messages. Mostly a master dials
// and a worker listens; behind a firewall it is the other way round. Sends never block, and say
// when there is no room. Frames are [head] or [head, body]: see docs/protocol.md.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <zmq.hpp>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/keys/keys.h"
#include "common/net/address.h"
#include "common/net/readiness.h"
#include "common/net/tcp.h"
#include "common/wire/wire.h"

namespace mandel {

class Gate;

// Whose socket it is, whoever dials. `queue_max` is the number of messages that may wait for one
// slow master before it is given up; `body_bytes_max` bounds what a worker can make a master take.
struct WorkerSide {
  int queue_max;
};
struct MasterSide {
  std::size_t body_bytes_max;
};
using Side = std::variant<WorkerSide, MasterSide>;

// The sockets of the two ends with all their options, neither bound nor connected yet. A benchmark
// uses the same sockets without the links around them.
zmq::socket_t listening_socket(zmq::context_t& context, Side side, bool is_ipv6);
zmq::socket_t dialling_socket(zmq::context_t& context, Side side, bool is_ipv6);

// Call before it is connected or bound: from then on a socket speaks CURVE only. The end that
// listens needs a Gate in its context: without one libzmq admits everybody.
void secure(zmq::socket_t& dialling, const Curve& curve);
void secure(zmq::socket_t& listening, const Gate& gate);

// A frame of bytes that are not copied: `owner` is kept until ZeroMQ lets them go.
zmq::message_t frame_of(std::span<const std::byte> bytes, std::shared_ptr<const void> owner);

// Never a batch: links take these apart as they come.
struct Message {
  wire::Envelope head;
  zmq::message_t body;  // empty unless head is a Result
};

// Many peers of one owner, as a worker's loop sees them, whoever dialled.
class Hub {
 public:
  struct Incoming {
    std::string peer;  // names a connection, not a machine
    FromPeer<Message> message;
    std::string key = {};       // the sender's public key; empty where the link is plain
    std::string address = {};   // the sender's, numeric; of a Join only
    TcpHandle connection = {};  // of a Hello only
  };

  Hub() = default;
  Hub(Hub&&) = default;
  virtual ~Hub() = default;
  // The next message, or nothing. After nothing, only a watched sleep notices what comes.
  virtual std::optional<Incoming> receive() = 0;
  // False if the peer is gone or its queue is full: its session is over. `receipt` is kept until
  // ZeroMQ lets the head go; for a message with a body see frame_of().
  virtual bool send(const std::string& peer, const wire::Envelope& head,
                    std::optional<zmq::message_t> body, std::shared_ptr<const void> receipt) = 0;
  // Ends the connection, with all that is queued for the peer. False if that can't be done.
  virtual bool hang_up(const std::string& peer, const TcpHandle& connection) = 0;
  virtual void watch(Sleeper& sleeper) = 0;
  // When receive() has something to do even if no message comes.
  virtual Nanoseconds next_timer() const { return INT64_MAX; }
};

class ListenLink final : public Hub {
 public:
  // Binds `endpoint` ("tcp://HOST:PORT", port 0 for any free one, or "inproc://NAME").
  // Without a gate the link is plain, and open to everybody.
  static Result<ListenLink> bind(zmq::context_t& context, const std::string& endpoint, Side side,
                                 const Gate* gate = nullptr);

  // With the port that the system picked; nothing on inproc.
  std::optional<Address> address() const;
  std::optional<Incoming> receive() override;
  bool send(const std::string& peer, const wire::Envelope& head,
            std::optional<zmq::message_t> body = {},
            std::shared_ptr<const void> receipt = {}) override;
  // A ROUTER can't: the connection is ended below ZeroMQ, which then drops all that belongs to it.
  bool hang_up(const std::string& peer, const TcpHandle& connection) override;
  void watch(Sleeper& sleeper) override;

 private:
  explicit ListenLink(zmq::socket_t socket) : socket_(std::move(socket)), readiness_(socket_) {}
  zmq::socket_t socket_;
  Readiness readiness_;
  std::deque<Incoming> unpacked_;  // the rest of a batch
};

// Why a connection ended, or did not come about.
enum class LinkEnd {
  kClosed,
  kNotAdmitted,  // it does not trust our key
  kMisheard,     // it hung up on our greeting: its key is not the one we expected, or it has none
  kUnlike,       // one end is plain, the other is not
  kUnreached,    // nobody took the connection
};

// One connection to one peer, as a master's Host sees it, whoever dialled. Once it has come to an
// end, ended() says so and the owner replaces the whole link.
class Connection {
 public:
  virtual ~Connection() = default;
  // As above.
  virtual std::optional<FromPeer<Message>> receive() = 0;
  virtual bool send(const wire::Envelope& head) = 0;
  virtual std::optional<LinkEnd> ended() = 0;
  // Closing will not wait for what is still queued.
  virtual void discard() = 0;
  // Bytes of frames so far, without ZeroMQ's own headers.
  virtual std::uint64_t bytes_in() const = 0;
  virtual std::uint64_t bytes_out() const = 0;
  virtual void watch(Sleeper& sleeper) = 0;
};

// ZeroMQ dials again by itself until somebody answers; or once only, where the owner has other
// addresses to try.
class DialLink final : public Connection {
 public:
  enum class Tries { kMany, kOne };

  DialLink(zmq::context_t& context, const std::string& endpoint, Side side,
           const std::optional<Curve>& curve = {}, Tries tries = Tries::kMany);
  ~DialLink() override;
  DialLink(const DialLink&) = delete;
  DialLink& operator=(const DialLink&) = delete;

  std::optional<FromPeer<Message>> receive() override;
  bool send(const wire::Envelope& head) override { return send(head, std::nullopt); }
  bool send(const wire::Envelope& head, std::optional<zmq::message_t> body,
            std::shared_ptr<const void> receipt = {});
  // Reads the connection's events. (There are none on inproc, where both ends are one process.)
  std::optional<LinkEnd> ended() override;
  void discard() override;
  std::uint64_t bytes_in() const override { return bytes_in_; }
  std::uint64_t bytes_out() const override { return bytes_out_; }
  void watch(Sleeper& sleeper) override;

 private:
  zmq::socket_t socket_;
  zmq::socket_t monitor_;
  Readiness readiness_;
  Readiness monitor_readiness_;
  std::deque<FromPeer<Message>> unpacked_;  // the rest of a batch
  std::optional<LinkEnd> end_;
  std::uint64_t bytes_in_ = 0;
  std::uint64_t bytes_out_ = 0;
};

}  // namespace mandel
