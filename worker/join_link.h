// --join: this worker dials its master, since masters can't dial it (it is behind NAT, or a
// desktop's firewall). It keeps one connection at a time, to the mandel-master --listen that
// answers there; when that is over it dials the next one, for as long as the worker lives. To the
// daemon each is a peer, as if it had come in by itself.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/base/backoff.h"
#include "common/base/clock.h"
#include "common/net/address.h"
#include "common/wire/dialler.h"
#include "common/wire/link.h"
#include "worker/messages.h"

namespace mandel {

class JoinLink final : public Hub {
 public:
  JoinLink(zmq::context_t& context, const Address& master, Dialler::Config config,
           const Identity& identity);

  std::optional<Incoming> receive() override;
  bool send(const std::string& peer, const wire::Envelope& head, std::optional<zmq::message_t> body,
            std::shared_ptr<const void> receipt) override;
  bool hang_up(const std::string& peer, const TcpHandle& connection) override;
  void watch(Sleeper& sleeper) override;
  Nanoseconds next_timer() const override { return link_ || is_looking_up_ ? INT64_MAX : due_; }

 private:
  void dial();
  void hang_up(const std::string& reason);

  Resolver resolver_;
  Dialler dialler_;
  const wire::Envelope join_;
  std::unique_ptr<DialLink> link_;  // null: the next is due at due_
  std::string peer_;                // the newest link
  std::uint64_t links_ = 0;
  bool was_taken_ = false;  // by a master, on this link
  bool is_looking_up_ = false;
  Nanoseconds due_ = 0;
  Backoff backoff_;
  std::string told_;  // the last trouble that was logged
};

}  // namespace mandel
