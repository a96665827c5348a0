// Makes the links to one peer, one after the other, with the addresses and keys of that moment: the
// peer's name is looked up again when all its addresses have been tried. Where a link may be plain
// or with keys, it tries the other way when one was not understood. Apart from the users of the
// links, since a master dials workers, and a worker behind a firewall dials its master.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>
#include <zmq.hpp>

#include "common/keys/keys.h"
#include "common/net/resolver.h"
#include "common/wire/connector.h"
#include "common/wire/link.h"

namespace mandel {

class Dialler final : public Connector {
 public:
  struct Config {
    Side side;
    // Called for every link, since keys come and change; empty: plain.
    std::function<Result<Security>(const Address& named, const Address& numeric)> security = {};
    // Called with what a name resolves to, where blocking harms nobody; may be empty.
    std::function<void(const Address& named, const Address& numeric)> meet = {};
  };

  // `resolver` has to be watched by whoever calls connect().
  Dialler(zmq::context_t& context, Resolver& resolver, Address name, Config config)
      : context_(context), resolver_(resolver), config_(std::move(config)), names_{name} {}

  // Null while the name is looked up.
  Result<std::unique_ptr<DialLink>> dial();
  Result<std::unique_ptr<Connection>> connect() override { return dial(); }
  std::string explain(LinkEnd end) override;
  std::string waits_for() const override;
  bool has_more() const override { return !untried_.empty(); }
  Peer peer() const override;
  bool also_dial(std::vector<Address> names) override;

 private:
  Resolver::Asked ask(const Address& name);

  zmq::context_t& context_;
  Resolver& resolver_;
  const Config config_;
  std::vector<Address> names_;  // of the peer: the first is its own
  std::size_t turn_ = 0;        // whose addresses are tried
  std::size_t next_turn_ = 0;
  std::optional<Resolver::Asked> asked_;
  std::deque<Address> untried_;     // numeric
  bool has_others_ = false;         // the name has several addresses
  std::optional<Address> numeric_;  // of the newest link, as what follows
  std::optional<Curve> curve_;
  bool has_other_way_ = false;  // it may be plain as well as with keys
  bool prefers_curve_ = false;  // where a link may be plain as well
  bool has_turned_ = false;     // the other way was tried at this address, too
};

}  // namespace mandel
