// Makes the links to one address, one after the other, with the keys of that moment. Where a link
// may be plain or with keys, it tries the other way when one was not understood. Apart from the
// users of the links, since a master dials workers, and a worker behind a firewall dials its
// master.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <zmq.hpp>

#include "common/keys/keys.h"
#include "common/wire/connector.h"
#include "common/wire/link.h"

namespace mandel {

class Dialler final : public Connector {
 public:
  struct Config {
    std::string endpoint;  // for ZeroMQ
    Side side;
    // Called for every link, since keys come and change; empty: plain.
    std::function<Result<Security>()> security = {};
  };

  Dialler(zmq::context_t& context, Config config) : context_(context), config_(std::move(config)) {}

  Result<std::unique_ptr<DialLink>> dial();
  Result<std::unique_ptr<Connection>> connect() override { return dial(); }
  std::string explain(LinkEnd end) override;

 private:
  zmq::context_t& context_;
  const Config config_;
  std::optional<Curve> curve_;  // of the newest link
  bool prefers_curve_ = false;  // where a link may be plain as well
};

}  // namespace mandel
