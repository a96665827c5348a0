// Notices a lane that will never move again. Every kernel polls, and so ticks, at least every 50
// ms. A lane that has not for ten seconds of beats hangs in a kernel or a driver, and only the end
// of its process frees a thread. A worker that stayed would hold its chunk for ever and make others
// wait behind it, so it leaves: masters see a death, and its supervisor starts another process.
// Counted in beats, not in time: after a suspension much time has passed in which nothing could
// move.
#pragma once

#include <cstdint>
#include <unordered_map>

namespace mandel {

class Watchdog {
 public:
  static constexpr int kBeatsMax = 20;

  // Call with every beat: the ticks of all tasks in the lanes (LanePool::ticks()). True once some
  // task that a lane has begun stood still for kBeatsMax beats.
  bool bites(const std::unordered_map<std::uint64_t, std::uint64_t>& ticks);

 private:
  struct Seen {
    std::uint64_t ticks = 0;
    int beats = 0;  // since they last moved
  };
  std::unordered_map<std::uint64_t, Seen> seen_;
};

}  // namespace mandel
