// The master's brain: which chunk is where, and what to do next. A pure state machine: events in,
// actions out, time not needed yet. It opens no socket, reads no clock and starts no thread, so
// that tests live through any order of events; the loop (run.cpp) feeds it and executes what it
// says.
//
// Rules: every chunk is pending, held by one worker (by two when backed up), or done, and done for
// ever. Chunks are granted lowest first, within a window above the first one not yet written, which
// bounds the master's memory and can't deadlock, since the first missing chunk is always inside.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "master/policy.h"

namespace mandel {

using WorkerId = std::uint32_t;  // one session with one worker; never used twice
using ChunkId = std::uint32_t;

// Names one grant. Attempts count from 1 for each chunk.
struct Grant {
  WorkerId worker = 0;
  ChunkId chunk = 0;
  std::uint32_t attempt = 0;
  auto operator<=>(const Grant&) const = default;
};

// Events. The loop makes them from messages it has already verified.
namespace event {

struct Joined {  // a session was established
  WorkerId worker;
  Capacity capacity;
};
struct Leaving {  // the worker will finish what it has and take no more
  WorkerId worker;
};
struct Lost {  // the session is over, however it ended
  WorkerId worker;
};
struct Done {  // valid counts came
  Grant grant;
};
struct Returned {  // the worker could not do it, or its counts did not verify
  Grant grant;
  std::string reason;
};
struct Written {  // all chunks below `chunks` have left the master's memory
  ChunkId chunks;
};

}  // namespace event

using Event = std::variant<event::Joined, event::Leaving, event::Lost, event::Done, event::Returned,
                           event::Written>;

// Actions, for the loop to execute in order.
namespace action {

struct Send {  // hand the chunk to the worker
  Grant grant;
};
struct Cancel {  // tell the worker that nobody waits for it any more
  Grant grant;
};
struct Accept {  // these counts are the chunk's: keep them
  Grant grant;
};
struct Dismiss {  // end the session and don't come back: it failed too often
  WorkerId worker;
  std::string reason;
};
struct Abandon {  // the job can't be completed
  std::string reason;
};
struct Finish {};  // every chunk is done

}  // namespace action

using Action = std::variant<action::Send, action::Cancel, action::Accept, action::Dismiss,
                            action::Abandon, action::Finish>;

class Plan {
 public:
  // A worker is dismissed after so many returned chunks in a row, and the job abandoned when one
  // chunk came back so often: then it is the chunk's fault.
  static constexpr std::uint32_t kReturnsInARowMax = 3;
  static constexpr std::uint32_t kReturnsOfChunkMax = 9;

  // `window`: how many chunks may be granted or done above the first unwritten one.
  Plan(std::uint32_t chunks, std::uint32_t window);

  std::vector<Action> on(const Event& event);

  std::uint32_t chunks() const { return chunks_; }
  std::uint32_t chunks_done() const { return done_count_; }
  bool is_finished() const { return done_count_ == chunks_; }
  // Would a valid result for this grant be accepted now?
  bool wants(const Grant& grant) const;
  bool has_workers() const { return !workers_.empty(); }

 private:
  struct Worker {
    Capacity capacity;
    std::set<Grant> held;
    std::uint32_t returns_in_a_row = 0;
    bool is_leaving = false;
  };
  struct Chunk {
    std::uint32_t attempts = 0;
    std::uint32_t returns = 0;
    std::vector<Grant> holders;
  };

  void handle(const event::Joined& joined);
  void handle(const event::Leaving& leaving);
  void handle(const event::Lost& lost);
  void handle(const event::Done& done);
  void handle(const event::Returned& returned);
  void handle(const event::Written& written);

  void deal();
  void top_up(WorkerId id, Worker& worker);
  void back_up(WorkerId id, Worker& worker);
  const Grant* deepest_queued(WorkerId except) const;
  std::uint32_t pending() const;
  ChunkId take_pending();
  void grant(WorkerId id, Worker& worker, ChunkId chunk);
  void release(const Grant& grant);

  const std::uint32_t chunks_;
  const std::uint32_t window_;
  ChunkId next_ = 0;               // all chunks from here on are untouched
  std::set<ChunkId> returned_;     // pending, below next_
  std::map<ChunkId, Chunk> open_;  // touched and not done
  std::vector<bool> done_;
  std::uint32_t done_count_ = 0;
  ChunkId written_ = 0;
  std::map<WorkerId, Worker> workers_;
  std::vector<Action> actions_;
};

}  // namespace mandel
