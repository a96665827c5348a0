// How a worker is found: it answers masters' questions by UDP, on the port whose number it has in
// TCP. It announces nothing by itself, so that a quiet network stays quiet; and an answer is
// shorter than the question, so that nobody can use it to flood a third machine.
#pragma once

#include "common/base/clock.h"
#include "common/base/rate_limit.h"
#include "common/net/address.h"
#include "common/net/discovery.h"
#include "common/net/sleeper.h"
#include "common/net/udp.h"
#include "worker/messages.h"

namespace mandel {

class Responder {
 public:
  // `listening` is numeric: where the worker listens for TCP. `key` is its public key, or empty.
  static Result<Responder> start(const Address& listening, const Identity& identity,
                                 std::string key);

  void watch(Sleeper& sleeper, Nanoseconds now) {
    if (now >= rests_until_) sleeper.watch(socket_.fd(), is_asked_);
  }
  // When to watch again.
  Nanoseconds next_timer(Nanoseconds now) const {
    return now < rests_until_ ? rests_until_ : INT64_MAX;
  }
  // Answers what a sleep noticed, up to a bound, and then rests. What does not fit into the socket
  // meanwhile the kernel drops, at no cost to the loop; masters ask again.
  void answer(Nanoseconds now);

 private:
  Responder(UdpSocket socket, DiscoveryAnswer answer);

  UdpSocket socket_;
  DiscoveryAnswer answer_;  // but for the nonce
  bool is_asked_ = false;
  RateLimit budget_;
  Nanoseconds rests_until_ = 0;
};

}  // namespace mandel
