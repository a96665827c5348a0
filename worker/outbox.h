// What this worker says to its masters, on its way to the link: small messages wait for the end of
// the loop's turn, where their reader takes batches, and large counts go without a copy. Whatever
// goes has a receipt of the memory budget until ZeroMQ lets it go. Who can't be sent to is told,
// and not parted with: that is the daemon's business.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "common/wire/batch.h"
#include "common/wire/link.h"
#include "worker/memory_budget.h"
#include "worker/results.h"

namespace mandel {

class Outbox {
 public:
  using Peer = MemoryBudget::Peer;

  // Both outlive it.
  Outbox(Hub& link, MemoryBudget& memory) : link_(link), memory_(memory) {}

  // The peer takes batches: what is sent to it from now on may wait for flush().
  void begin_batches(const Peer& peer) { batches_.try_emplace(peer); }
  // It takes none any more, nor what waits.
  void forget(const Peer& peer) { batches_.erase(peer); }

  // Messages go in the order of these calls. False: the peer is gone or does not read, and its
  // session is over.
  bool send(const Peer& peer, wire::Envelope head);
  bool send(const Peer& peer, const KeptResult& result);
  bool flush(const Peer& peer);
  // What waits for anybody. Returns those for whom flush() would be false.
  std::vector<Peer> flush();

 private:
  template <typename Alone>
  bool batch_or(const Peer& peer, wire::Envelope& head, std::span<const std::byte> body,
                Alone send_alone);
  bool send_batch(const Peer& peer, Batch& batch);

  Hub& link_;
  MemoryBudget& memory_;
  std::map<Peer, Batch> batches_;  // of those who take them
};

}  // namespace mandel
