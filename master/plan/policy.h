// How much and to whom: the scheduling decisions that are pure arithmetic, apart from the state
// machine that applies them (plan.h), so that each can be tested as a table.
//
// Sources: backups by estimated time to end, with a cap, and none on a worker that would be later
// still: M. Zaharia et al., "Improving MapReduce Performance in Heterogeneous Environments"
// (LATE), OSDI 2008.
#pragma once

#include <cstdint>

#include "common/base/clock.h"

namespace mandel {

// What a worker is, as far as policy cares.
struct Capacity {
  std::uint32_t lanes = 1;
  std::uint32_t credit_max = 1;  // what the worker itself allows
};

// What a worker has shown of itself of late. 0: not known.
struct Speed {
  double rate = 0;          // chunks a nanosecond that come back, whatever it is that limits them
  double lanes_rate = 0;    // that its lanes would do if they always had one
  Nanoseconds wire_ns = 0;  // the least that a chunk was under way, there and back
};

// The running average of a worker's times. The newest counts a quarter: chunks differ in cost, so
// one alone says little. In nanoseconds, whole or not; `before` is 0 if nothing is known yet.
template <typename Time>
constexpr Time smoothed(Time before, Time newest) {
  return before == 0 ? newest : before + (newest - before) / 4;
}

// What is left to hand out, and how fast it goes.
struct Fleet {
  std::uint32_t workers = 1;     // connected and of use
  std::uint32_t pending = 0;     // chunks that may be granted now
  std::uint32_t unfinished = 0;  // chunks that are not done: pending or held
  double rate = 0;               // chunks a nanosecond of all workers that have shown their speed
  Nanoseconds fastest_ns = 0;    // what the fastest of them takes for a chunk; 0: not known
};

// How many chunks the worker may hold at once, and never more than it allows itself:
// - In mid-job one more than its lanes, and what they could do in a round trip, so that they are
//   never without: on a local network up to as many again, on a longer way as many as that takes.
// - Near the end, when that would not go round, half of its share of what is pending, so that no
//   lane is left idle by another's queue. Shares go by speed, by number while that is not known.
// - Always one more than its lanes, or than what is under way: its rate times the time on the wire
//   (J. D. C. Little, "A Proof for the Queuing Formula: L = lambda W", 1961).
std::uint32_t credit(const Capacity& worker, const Speed& speed, const Fleet& fleet);

// Whether the worker should begin a chunk that it takes `chunk_ns` for (0: not known). Not when the
// others would have finished the whole job before: by their speed, and the last chunk at the
// fastest, which never declines.
bool worth_starting(Nanoseconds chunk_ns, double rate, const Fleet& fleet);

// A chunk that one worker has and that another, idle, might back up.
struct Backable {
  bool is_queued = false;    // waits behind its holder's lanes
  Nanoseconds since_ns = 0;  // how long the holder has had it
  Nanoseconds left_ns = 0;   // until the holder's expected end; <= 0: overdue or not known
};

// How long until the chunk's end, as far as can be told: what is expected, or, once that has
// passed, as long again as it has taken so far.
Nanoseconds estimated_left(const Backable& chunk);

// Whether the idle worker, which takes `chunk_ns` for a chunk (0: not known), should back it up.
bool worth_backing_up(const Backable& chunk, Nanoseconds chunk_ns);

// Whether one more worker should back up a chunk that has a backup already. The first few get as
// long as all before them had, so that there are few even of a chunk that takes very long. Then
// some seconds will do: all before may be very slow, and the one that is fast comes last.
bool worth_another_backup(Nanoseconds first_had_ns, Nanoseconds newest_had_ns);

// How many backups of chunks that lanes are at may be under way at once.
std::uint32_t backups_max(std::uint32_t lanes_of_all);

}  // namespace mandel
