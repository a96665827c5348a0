// Where a connection to a peer comes from: this end dials, or the peer has dialled. A Host uses
// either without knowing which.
#pragma once

#include <memory>
#include <string>

#include "common/base/error.h"
#include "common/wire/link.h"

namespace mandel {

class Connector {
 public:
  virtual ~Connector() = default;
  // A new link, which may not be connected yet. Null where the peer has to dial, and has not: ask
  // again later. The error says what stands in the way.
  virtual Result<std::unique_ptr<Connection>> connect() = 0;
  // Nobody will ask for a link any more.
  virtual void close() {}
  // Why the newest link came to its end, and what to do.
  virtual std::string explain(LinkEnd end) = 0;
};

}  // namespace mandel
