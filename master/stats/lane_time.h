// Where every lane's time went: every nanosecond of the job belongs to exactly one part of it. Kept
// up as results come, so that its memory does not grow with the job. Pure: no clock, no socket;
// points in time are nanoseconds since the job began.
//
// What is idle time? A lane that is not computing waits for something, and the chunk that it does
// next tells for what: it was not sent yet (starved, or the result before it was still on its way),
// it was travelling (wire), or it was there (handover). See TimeSplit.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "master/chunks/chunking.h"
#include "master/chunks/ids.h"
#include "master/stats/clock_offset.h"
#include "master/stats/run_observer.h"
#include "master/stats/timing.h"

namespace mandel {

class LaneTime {
 public:
  using Listener = std::function<void(const LaneSlice&)>;

  // `listener`, which may be empty, hears of every part of a lane's time as soon as nothing earlier
  // can come. Without one it is not settled so soon: the worker's clock is known better by then.
  explicit LaneTime(Listener listener = {}) : listener_(std::move(listener)) {}

  // The next worker: they are numbered from 0.
  void add_worker() { workers_.emplace_back(); }
  void joined(WorkerId worker, std::uint32_t lanes, Nanoseconds at);
  // What its lanes had since their last result was lost with it.
  void lost(WorkerId worker, Nanoseconds at);
  void sent(WorkerId worker, ChunkId chunk, Nanoseconds at);
  void cancelled(WorkerId worker, ChunkId chunk);
  // Whoever is gone still is at this point: to tell the listener before all is over.
  void pass(Nanoseconds at);

  // What the master knows of a result by itself.
  struct Arrival {
    WorkerId worker = kNobody;
    ChunkId chunk = 0;
    Band band;
    Nanoseconds received = 0;
    Nanoseconds decoded = 0;
    Nanoseconds verified = 0;
    std::uint64_t bytes = 0;
    bool is_accepted = true;
  };
  // A result has come, and with it its lanes' times. What a worker says of itself is cut to what
  // can be true: no longer than the round trip, and of lanes that it has.
  ChunkTimes arrived(const Arrival& arrival, const ClaimedTimes& claimed);

  // The job has ended; nothing may follow.
  void end(Nanoseconds at);

  // After end(), for each lane. Each adds up to the job's wall time.
  std::vector<TimeSplit> splits(WorkerId worker) const;
  TimeSplit total(WorkerId worker) const;

 private:
  struct Sent {
    WorkerId worker;
    Nanoseconds at;
  };
  // A span with what is to be known of its chunk.
  struct ChunkSpan {
    LaneSpan span;
    Nanoseconds sent;
    Nanoseconds arrived;
    Nanoseconds received;
  };
  struct Lane {
    WorkerId worker;
    std::uint32_t number;
    TimeSplit split = {};
    Nanoseconds told_until = 0;   // all before belongs to a part
    Nanoseconds result_came = 0;  // the newest that the lane took part in
    bool has_begun = false;
    std::vector<ChunkSpan> waiting = {};  // not in the split yet: an earlier one may still arrive
  };
  struct Worker {
    std::vector<Lane> lanes;
    std::uint32_t connected = 0;  // of the lanes
    ClockOffset offset;
    std::map<ChunkId, Nanoseconds> out;  // when its chunks were sent whose results are waited for
  };

  Nanoseconds take_sent(WorkerId worker, ChunkId chunk, Nanoseconds otherwise);
  void add_certain(Worker& worker);
  static std::vector<ChunkSpan>::iterator earliest(Lane& lane);
  void add_earliest(Lane& lane);
  void add_waiting(Lane& lane);
  void add(Lane& lane, Nanoseconds until, Nanoseconds TimeSplit::* part);
  void add_idle(Lane& lane, const ChunkSpan& next);

  Listener listener_;
  std::vector<Worker> workers_;
  std::map<ChunkId, std::vector<Sent>> sent_;  // and not answered
  std::deque<std::pair<WorkerId, ChunkId>> cancelled_;
  Nanoseconds last_sent_ = 0;  // when the last chunk went out for the first time, or anew
};

}  // namespace mandel
