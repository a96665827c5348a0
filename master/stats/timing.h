// Where the time of a job went: what each chunk and each lane tells, as plain data. Points in time
// are on the master's steady clock, since the run began. A worker measures durations only, and what
// is known of its clock's offset (clock_offset.h) places them: no two clocks have to agree.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "master/chunks/ids.h"

namespace mandel {

// One lane's part of one chunk: it computed, and, where it was the last one, encoded.
struct LaneSpan {
  std::uint32_t lane = 0;       // of its worker, from 0
  Nanoseconds began = 0;        // point
  Nanoseconds computed_ns = 0;  // duration
  Nanoseconds encoded_ns = 0;   // duration, right after: hash and codec
  Nanoseconds prepared_ns = 0;  // duration, right before: of what is done once a picture

  Nanoseconds end() const { return began + prepared_ns + computed_ns + encoded_ns; }
};

// What a worker says of the times of a result, as it says it: nothing of it is checked.
struct ClaimedTimes {
  struct Span {
    std::uint32_t lane = 0;
    std::uint64_t began_ns = 0;  // after the task's arrival
    std::uint64_t computed_ns = 0;
    std::uint64_t prepared_ns = 0;  // before
  };
  std::uint64_t arrived_ns = 0;    // the task's arrival, by the worker's clock
  std::uint64_t residence_ns = 0;  // from there to the result's departure
  std::uint64_t waited_ns = 0;     // of it: until a lane began
  std::uint32_t encoding_lane = 0;
  std::uint64_t encoded_ns = 0;
  std::uint64_t iterations = 0;  // executed
  std::vector<Span> spans = {};
};

// One result that arrived and verified.
struct ChunkTimes {
  ChunkId chunk = 0;
  WorkerId worker = 0;
  std::uint32_t first_row = 0;
  std::uint32_t rows = 0;
  // The master's points.
  Nanoseconds sent = 0;
  Nanoseconds received = 0;
  Nanoseconds decoded = 0;
  Nanoseconds verified = 0;
  // The worker's durations. received - sent = residence_ns + time on the wire.
  Nanoseconds residence_ns = 0;  // from the task's arrival to the result's departure
  Nanoseconds waited_ns = 0;     // of it: until a lane began
  Nanoseconds prepared_ns = 0;   // lane time, of all lanes that took part
  Nanoseconds computed_ns = 0;   // lane time
  Nanoseconds encoded_ns = 0;    // lane time
  std::uint64_t bytes = 0;       // of the result's body on the wire
  std::uint64_t iterations = 0;  // executed
  bool is_accepted = true;       // false: another worker's result was there already
  std::vector<LaneSpan> spans;   // by lane

  Nanoseconds wire_ns() const { return received - sent - residence_ns; }
  // By how much it came later for being the worker's first: lanes wait for it together.
  Nanoseconds preparation_ns() const {
    Nanoseconds longest = 0;
    for (const LaneSpan& span : spans) longest = std::max(longest, span.prepared_ns);
    return longest;
  }
};

// A split: lanes x wall time, cut into parts that are disjoint and add up to it.
struct TimeSplit {
  Nanoseconds startup_ns = 0;    // until the first chunk was sent to the lane's worker
  Nanoseconds computing_ns = 0;  // kernels
  Nanoseconds preparing_ns = 0;  // what a true-count job needs once a picture
  Nanoseconds encoding_ns = 0;   // hash and codec, on the lane
  Nanoseconds handover_ns =
      0;                    // idle with a chunk at hand: between the worker's socket and its lane
  Nanoseconds wire_ns = 0;  // idle while a chunk for it, or a result of it, was on the way
  Nanoseconds starved_ns = 0;  // idle with nothing on the way, although chunks were left
  Nanoseconds tail_ns = 0;     // idle, and no chunk left to hand out: waiting for stragglers
  Nanoseconds away_ns = 0;     // its worker was not connected any more

  Nanoseconds total() const {
    return startup_ns + computing_ns + preparing_ns + encoding_ns + handover_ns + wire_ns +
           starved_ns + tail_ns + away_ns;
  }
  TimeSplit& operator+=(const TimeSplit& other) {
    startup_ns += other.startup_ns;
    computing_ns += other.computing_ns;
    preparing_ns += other.preparing_ns;
    encoding_ns += other.encoding_ns;
    handover_ns += other.handover_ns;
    wire_ns += other.wire_ns;
    starved_ns += other.starved_ns;
    tail_ns += other.tail_ns;
    away_ns += other.away_ns;
    return *this;
  }
};

}  // namespace mandel
