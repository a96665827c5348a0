// Decides who may come in: ZeroMQ asks it about every key that is shown to a listening socket of
// this process (ZAP, RFC 27). It answers within the owner's loop rather than on a thread of its
// own, so that the list of keys has one user. A listening link needs a gate to be secure: see
// wire/link.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>
#include <zmq.hpp>

#include "common/keys/key_ring.h"
#include "common/net/readiness.h"

namespace mandel {

class Gate {
 public:
  // One in a context. It has to outlive the sockets that it guards.
  Gate(zmq::context_t& context, KeyRing ring);

  const KeyPair& own() const { return ring_.own(); }
  // Does it still? Lists change.
  bool admits(std::string_view key) const { return ring_.trusts(key); }
  // Answers those who wait, and says how many it turned away.
  std::size_t answer();
  // Reads the list again if it has changed, and logs it.
  void refresh();
  void watch(Sleeper& sleeper) { readiness_.watch(socket_, sleeper); }

 private:
  void complain(const std::string& address, const std::string& key) const;
  void log_list() const;
  bool receive(std::vector<zmq::message_t>& question);

  zmq::socket_t socket_;
  Readiness readiness_;
  KeyRing ring_;
};

}  // namespace mandel
