// How a worker is found: it answers masters' questions by UDP, on the port whose number it has in
// TCP. It announces nothing by itself, so that a quiet network stays quiet; and an answer is
// shorter than the question, so that nobody can use it to flood a third machine.
#pragma once

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

  void watch(Sleeper& sleeper) { sleeper.watch(socket_.fd(), is_asked_); }
  // Answers what a sleep noticed, up to a bound: other work goes in between.
  void answer();

 private:
  Responder(UdpSocket socket, DiscoveryAnswer answer)
      : socket_(std::move(socket)), answer_(std::move(answer)) {}

  UdpSocket socket_;
  DiscoveryAnswer answer_;  // but for the nonce
  bool is_asked_ = false;
};

}  // namespace mandel
