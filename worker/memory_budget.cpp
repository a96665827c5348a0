// See memory_budget.h.
#include "worker/memory_budget.h"

#include <utility>

namespace mandel {
namespace {

// What ZeroMQ, its allocator and its queues need besides for each message.
constexpr std::size_t kMessageBytes = 256;
// Of what is free, one peer may have one part unread. With eight, one that does not read gets a
// ninth of all, and thirty leave three hundredths.
constexpr std::size_t kParts = 8;

}  // namespace

// Of one peer. Frames end on ZeroMQ's threads.
struct MemoryBudget::Tally {
  Tally(Bytes of_all, bool encrypted) : all(std::move(of_all)), is_encrypted(encrypted) {}
  ~Tally() { *all -= last; }
  Tally(const Tally&) = delete;
  Tally& operator=(const Tally&) = delete;

  void send(std::size_t n) {
    bytes += n;
    ++sent;
  }
  void take(std::size_t n) {
    ++taken;
    if (is_encrypted) {
      *all += n;
      const std::size_t before = last.exchange(n);
      *all -= before;
      n = before;
    }
    bytes -= n;
  }

  const Bytes all;
  const bool is_encrypted;
  std::atomic<std::size_t> bytes{0};
  std::atomic<std::size_t> sent{0};  // messages
  std::atomic<std::size_t> taken{0};
  std::atomic<std::size_t> last{0};  // encrypted bytes of the newest, not counted by its receipt
};

MemoryBudget::MemoryBudget(Limits limits)
    : limits_(limits), held_(std::make_shared<std::atomic<std::size_t>>(0)) {}

MemoryBudget::Receipt MemoryBudget::hold(std::size_t bytes) {
  struct Hold {
    Hold(Bytes of_all, std::size_t n) : all(std::move(of_all)), bytes(n) { *all += bytes; }
    ~Hold() { *all -= bytes; }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    const Bytes all;
    const std::size_t bytes;
  };
  return std::make_shared<const Hold>(held_, bytes);
}

MemoryBudget::Receipt MemoryBudget::send(const Peer& peer, std::size_t bytes) {
  struct Sent {
    Sent(std::shared_ptr<Tally> of_peer, std::size_t n) : tally(std::move(of_peer)), bytes(n) {
      tally->send(bytes);
    }
    ~Sent() { tally->take(bytes); }
    Sent(const Sent&) = delete;
    Sent& operator=(const Sent&) = delete;
    const std::shared_ptr<Tally> tally;
    const std::size_t bytes;
  };
  Entry& entry = peers_[peer];
  if (!entry.tally) entry.tally = std::make_shared<Tally>(held_, limits_.is_encrypted);
  return std::make_shared<const Sent>(entry.tally, bytes + kMessageBytes);
}

bool MemoryBudget::has_room(const Peer& peer, std::size_t in_lanes, std::size_t bytes) {
  const std::size_t held = *held_;
  if (held + bytes > limits_.bytes) {
    is_in_need_ = true;
    return false;
  }
  const auto entry = peers_.find(peer);
  const std::size_t unread = entry == peers_.end() ? 0 : entry->second.tally->bytes.load();
  const std::size_t free = limits_.bytes - held;
  return unread <= free / kParts && unread + in_lanes <= free;
}

std::vector<MemoryBudget::Peer> MemoryBudget::stuck(
    Nanoseconds now, const std::function<bool(const Peer&)>& has_session) {
  const bool is_in_need = std::exchange(is_in_need_, false);
  std::vector<Peer> stuck;
  for (auto it = peers_.begin(); it != peers_.end();) {
    auto& [peer, entry] = *it;
    const std::size_t taken = entry.tally->taken;
    const bool waits = taken != entry.tally->sent;
    if (!waits || taken != std::exchange(entry.taken, taken) || entry.since == 0) entry.since = now;
    const bool has_one = has_session(peer);
    const Nanoseconds patience =
        has_one && !is_in_need ? limits_.patience : limits_.patience_in_need;
    if (now - entry.since > patience) stuck.push_back(peer);
    it = waits || has_one ? std::next(it) : peers_.erase(it);
  }
  return stuck;
}

bool MemoryBudget::owes(const Peer& peer) const {
  const auto entry = peers_.find(peer);
  return entry != peers_.end() && entry->second.tally->sent != entry->second.tally->taken;
}

}  // namespace mandel
