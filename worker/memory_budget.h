// How much memory this worker's results take, and who makes it: counts that are being computed,
// kept, or in ZeroMQ's hands because their master does not read. Acknowledgements say nothing of
// that, since a master can acknowledge what it never read, and no high-water mark of ZeroMQ does,
// since it counts messages. So each result has a receipt from before it is computed until nobody
// holds it, and each message one from when ZeroMQ gets it until ZeroMQ lets it go, on whichever
// thread. Else pure: no socket, no clock.
//
// Source: A. Choudhury, E. Hahne, "Dynamic Queue Length Thresholds for Shared-Memory Packet
// Switches", IEEE/ACM Trans. Networking 6 (1998): nobody may hold more than a part of what is left
// free, so that when some masters do not read, another finds room.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/protocol_times.h"

namespace mandel {

class MemoryBudget {
 public:
  using Peer = std::string;
  using Receipt = std::shared_ptr<const void>;  // counts for as long as it lives

  struct Limits {
    std::size_t bytes = std::size_t{1} << 30;  // of all results
    // ZeroMQ encrypts a message when it lets the first copy go, so that the newest of each peer is
    // in memory still when its receipt has ended.
    bool is_encrypted = false;
    // A peer that takes nothing for so long is stuck: as long as the largest chunk needs on a link
    // of 2 Mbit/s; shorter if others want for room, or if it has no session any more.
    Nanoseconds patience = kWorkerSilenceMax;
    Nanoseconds patience_in_need = kMasterSilence;
  };

  explicit MemoryBudget(Limits limits);

  // For counts of so many bytes.
  Receipt hold(std::size_t bytes);
  // For a message to the peer. (If it carries counts, these have a receipt of their own.)
  Receipt send(const Peer& peer, std::size_t bytes);

  // May counts of so many bytes be computed for the peer, for which the lanes have `in_lanes` bytes
  // to do already? Where not, and memory is what is wanting, others are asked for it (stuck()).
  bool has_room(const Peer& peer, std::size_t in_lanes, std::size_t bytes);

  // Who has taken nothing for too long: nothing but the end of the connection frees that memory.
  // Call with every beat.
  std::vector<Peer> stuck(Nanoseconds now, const std::function<bool(const Peer&)>& has_session);
  // Has it not yet taken all that it was sent?
  bool owes(const Peer& peer) const;
  std::size_t bytes() const { return *held_; }

 private:
  using Bytes = std::shared_ptr<std::atomic<std::size_t>>;
  struct Tally;
  struct Entry {
    std::shared_ptr<Tally> tally;
    std::size_t taken = 0;  // messages, when looked at last
    Nanoseconds since = 0;  // when that last changed
  };

  const Limits limits_;
  const Bytes held_;             // by all
  std::map<Peer, Entry> peers_;  // to whom something was sent
  bool is_in_need_ = false;
};

}  // namespace mandel
