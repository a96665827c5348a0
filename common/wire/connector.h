// Where a connection to a peer comes from: this end dials, or the peer has dialled. A Host uses
// either without knowing which.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/net/address.h"
#include "common/wire/link.h"

namespace mandel {

class Connector {
 public:
  // Who is at the other end of the newest link.
  struct Peer {
    std::optional<Address> numeric = {};  // nothing within this process, or before the first link
    std::string key = {};                 // public; empty where the link is plain
  };

  virtual ~Connector() = default;
  // A new link, which may not be connected yet. Null where the peer has to dial, and has not, or
  // while its name is looked up: ask again later. The error says what stands in the way.
  virtual Result<std::unique_ptr<Connection>> connect() = 0;
  // Nobody will ask for a link any more.
  virtual void close() {}
  // Why the newest link came to its end, and what to do; empty if that says nothing yet, since
  // there is another way to try.
  virtual std::string explain(LinkEnd end) = 0;
  // What keeps the next link from being made, if it is not for the peer to dial; may be empty.
  virtual std::string waits_for() const { return ""; }
  // Is there another address to be tried at once?
  virtual bool has_more() const { return false; }
  virtual Peer peer() const = 0;
  // The same peer may be dialled at these addresses as well. False if it can't be dialled.
  virtual bool also_dial(std::vector<Address>) { return false; }
};

}  // namespace mandel
