// What the plan hears and what it answers: events in, actions out. Apart from the plan itself
// (plan.h), since those who feed it, execute it or watch it need only the words.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "common/base/clock.h"
#include "common/base/fingerprint.h"
#include "master/chunks/ids.h"
#include "master/plan/policy.h"

namespace mandel {

// Names one grant. Attempts count from 1 for each chunk.
struct Grant {
  SessionId session = 0;
  ChunkId chunk = 0;
  std::uint32_t attempt = 0;
  auto operator<=>(const Grant&) const = default;
};

// Events. The loop makes them from messages it has already verified.
namespace event {

struct Joined {  // a session was established
  SessionId session;
  WorkerId worker;
  std::uint64_t incarnation;  // the process: the same after a broken connection, not after a death
  Capacity capacity;
  // Who may be the same worker, started again, is of one machine; named by the first of them.
  WorkerId machine;
};
struct Leaving {  // the worker will finish what it has and take no more
  SessionId session;
};
struct Lost {  // the session is over
  SessionId session;
  bool is_orderly = false;  // it said goodbye: nothing is to blame
  bool is_silent = false;   // nothing was heard of it for long: it may live, and come back
};
// Valid counts came, of whichever attempt, even of a session or a master before this one: a chunk's
// counts are the same whoever asked.
struct Done {
  SessionId session;
  ChunkId chunk;
  Fingerprint print;
  Nanoseconds lanes_ns = 0;     // lane time that it took; 0: not known
  Nanoseconds wire_ns = 0;      // that task and result were under way; 0: not known
  Nanoseconds prepared_ns = 0;  // how long a lane prepared before, as each worker must once a job
};
struct Returned {  // the worker could not do it, or its counts did not verify
  Grant grant;
  std::string reason;
};
struct TaskState {
  ChunkId chunk;
  std::uint32_t attempt;
  std::uint64_t ticks;  // 0: waits for a lane
};
struct Beat {  // every task that the worker has of this job
  SessionId session;
  std::vector<TaskState> tasks;
};
struct Freed {  // so many accepted chunks have left the master's memory
  std::uint32_t chunks;
};
// Answers Judge: which of those whose counts were kept were wrong.
struct Judged {
  ChunkId chunk;
  std::vector<WorkerId> liars;
};
struct RestCut {  // the chunks that Plan::Config::has_rest promised
  std::uint32_t chunks;
  std::uint32_t window;  // from now on
};
struct Paused {  // this process itself stood still for so long: nobody is to blame
  Nanoseconds duration;
};
struct Tick {};  // time has passed

}  // namespace event

// A chunk that takes longer than its worker's chunks usually do.
struct Lateness {
  ChunkId chunk = 0;
  double times = 1;  // of what was expected
};

using Event = std::variant<event::Joined, event::Leaving, event::Lost, event::Done, event::Returned,
                           event::Beat, event::Freed, event::Judged, event::RestCut, event::Paused,
                           event::Tick>;

// Actions, for the loop to execute in order.
namespace action {

struct Send {  // hand the chunk to the worker
  Grant grant;
};
struct Cancel {  // tell the worker that nobody waits for it any more
  Grant grant;
};
struct Acknowledge {  // tell the worker that its result has arrived
  SessionId session;
  ChunkId chunk;
};
struct Keep {  // hold these counts in memory: another worker is asked as well
  WorkerId worker;
  ChunkId chunk;
};
// The worker's counts, just come or kept, are the chunk's. Kept ones of others may be forgotten.
struct Accept {
  WorkerId worker;
  ChunkId chunk;
};
// Find out whose kept counts are wrong: of two, by a row where they differ; of one, by rows at
// random. Answered by Judged.
struct Judge {
  ChunkId chunk;
};
struct Revoke {  // the chunk was accepted from this worker, and is not to be trusted: forget it
  ChunkId chunk;
  WorkerId worker;
};
// End the worker's session, forget what is kept of it, and don't come back.
struct Dismiss {
  WorkerId worker;
  std::string reason;
};
// Said once of each machine: it gets no chunk for a while, and for longer each time.
struct Rest {
  WorkerId worker;
  std::uint32_t falls;  // so often in a row, without a result between
};
struct SetAside {  // nobody can compute the chunk
  ChunkId chunk;
  std::string reason;
};
struct Finish {};  // every chunk is done or set aside

}  // namespace action

using Action = std::variant<action::Send, action::Cancel, action::Acknowledge, action::Keep,
                            action::Accept, action::Judge, action::Revoke, action::Dismiss,
                            action::Rest, action::SetAside, action::Finish>;

}  // namespace mandel
