// See watchdog.h.
#include "worker/watchdog.h"

#include <utility>

namespace mandel {

bool Watchdog::bites(const std::unordered_map<std::uint64_t, std::uint64_t>& ticks) {
  const auto before = std::exchange(seen_, {});
  bool bites = false;
  for (const auto& [id, count] : ticks) {
    if (count == 0) continue;  // waits for a lane
    const auto known = before.find(id);
    const bool stands_still = known != before.end() && known->second.ticks == count;
    const Seen seen{count, stands_still ? known->second.beats + 1 : 0};
    bites |= seen.beats >= kBeatsMax;
    seen_.emplace(id, seen);
  }
  return bites;
}

}  // namespace mandel
