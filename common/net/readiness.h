// When a socket of ZeroMQ is worth reading. Its descriptor tells of each message once. Any other
// call on the socket, such as a send, may use that up, and a loop that slept then would miss the
// message. So after such a call the socket itself is asked before the next sleep. A socket that
// was not used costs no system call; zmq::poll makes two for each socket, every time.
#pragma once

#include <zmq.hpp>

#include "common/net/sleeper.h"

namespace mandel {

class Readiness {
 public:
  explicit Readiness(const zmq::socket_t& socket) : fd_(socket.get(zmq::sockopt::fd)) {}
  // Is a read worth it?
  bool may_have_more() const { return may_have_more_; }
  // A read found nothing, so that the descriptor will tell of what comes.
  void found_nothing() { may_have_more_ = false; }
  // The socket was used otherwise.
  void touched() { may_have_more_ = true; }
  void watch(zmq::socket_t& socket, Sleeper& sleeper) {
    if (may_have_more_) may_have_more_ = (socket.get(zmq::sockopt::events) & ZMQ_POLLIN) != 0;
    if (may_have_more_) return sleeper.skip();
    sleeper.watch(fd_, may_have_more_);
  }

 private:
  int fd_;
  bool may_have_more_ = true;
};

}  // namespace mandel
