// The ZeroMQ link: the only place that knows socket types and options. A worker listens (ROUTER)
// and sees peers by routing id; a master dials (DEALER), one socket a worker, so that closing a
// socket ends exactly one session and takes its queued messages with it. Sends never block; what
// can't be sent is reported as such. Frames are [head] or [head, body]: see docs/protocol.md.
#pragma once

#include <optional>
#include <string>
#include <vector>
#include <zmq.hpp>

#include "common/clock.h"
#include "common/error.h"
#include "common/keys.h"
#include "common/sleeper.h"
#include "common/wire.h"

namespace mandel {

class Gate;

// The sockets of the two sides, neither bound nor connected yet, with all their options: apart from
// the links, so that a benchmark can have the same sockets without what is around them.
zmq::socket_t listening_socket(zmq::context_t& context, int queue_max, bool is_ipv6);
zmq::socket_t dialling_socket(zmq::context_t& context, std::size_t body_bytes_max, bool is_ipv6);

// When a socket is worth reading. ZeroMQ's descriptor of a socket tells of news once, and not again
// of what any other call on the socket took note of meanwhile: so after each such call the socket
// itself has to be asked before a sleep. What is neither new nor unasked costs no system call.
class Readiness {
 public:
  explicit Readiness(const zmq::socket_t& socket);
  // Is a read worth it?
  bool may_have_more() const { return may_have_more_; }
  // A read found nothing, so that the descriptor will tell of what comes.
  void found_nothing() { may_have_more_ = false; }
  // The socket was used otherwise.
  void touched() { may_have_more_ = true; }
  void watch(zmq::socket_t& socket, Sleeper& sleeper);

 private:
  int fd_;
  bool may_have_more_ = true;
};

// Before it is connected or bound: from then on a socket speaks CURVE only. The end that listens
// can't do without a Gate in its context, since libzmq would admit everybody.
void secure(zmq::socket_t& dialling, const Curve& curve);
void secure(zmq::socket_t& listening, const Gate& gate);

struct Message {
  wire::Envelope head;
  zmq::message_t body;  // empty unless head is a Result
};

// A worker's side.
class ListenLink {
 public:
  // Binds `endpoint` ("tcp://HOST:PORT", port 0 for any free one, or "inproc://NAME").
  // Without a gate the link is plain, and open to everybody. `queue_max` is the number of messages
  // that may wait for one slow peer before it is given up.
  static Result<ListenLink> bind(zmq::context_t& context, const std::string& endpoint,
                                 int queue_max, const Gate* gate = nullptr);

  struct Incoming {
    std::string peer;  // routing id: names a connection, not a machine
    FromPeer<Message> message;
    std::string key = {};  // public, of who sent it; empty where the link is plain
  };

  std::string endpoint() const;  // with the port that the system picked
  // What has come, until there is nothing; more than that only a watched sleep notices.
  std::optional<Incoming> receive();
  // False if the peer is gone or its queue is full: its session is over.
  bool send(const std::string& peer, const wire::Envelope& head,
            std::optional<zmq::message_t> body = {});
  void watch(Sleeper& sleeper) { readiness_.watch(socket_, sleeper); }

 private:
  explicit ListenLink(zmq::socket_t socket) : socket_(std::move(socket)), readiness_(socket_) {}
  zmq::socket_t socket_;
  Readiness readiness_;
};

// Why a connection is no more, or did not come about.
enum class LinkEnd {
  kClosed,
  kNotAdmitted,  // it does not trust our key
  kMisheard,     // it hung up on our greeting, for want of the expected key or of any
  kUnlike,       // one end is plain, the other is not
};

// A master's side: one connection to one worker. ZeroMQ dials again by itself until somebody
// answers; once there was an answer and the connection has come to an end, ended() says so and the
// owner replaces the whole link.
class DialLink {
 public:
  // `body_bytes_max` bounds what the peer can make us take.
  DialLink(zmq::context_t& context, const std::string& endpoint, std::size_t body_bytes_max,
           const std::optional<Curve>& curve = {});
  ~DialLink();
  DialLink(const DialLink&) = delete;
  DialLink& operator=(const DialLink&) = delete;

  // As above.
  std::optional<FromPeer<Message>> receive();
  bool send(const wire::Envelope& head);
  // Reads the connection's events. (There are none on inproc, where both ends are one process.)
  std::optional<LinkEnd> ended();
  // Closing will not wait for what is still queued.
  void discard();
  // Bytes of frames so far, without ZeroMQ's own headers.
  std::uint64_t bytes_in() const { return bytes_in_; }
  std::uint64_t bytes_out() const { return bytes_out_; }
  void watch(Sleeper& sleeper);

 private:
  zmq::socket_t socket_;
  zmq::socket_t monitor_;
  Readiness readiness_;
  Readiness monitor_readiness_;
  std::optional<LinkEnd> end_;
  std::uint64_t bytes_in_ = 0;
  std::uint64_t bytes_out_ = 0;
};

}  // namespace mandel
