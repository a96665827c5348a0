// The worker's brain: which masters are here, what each has queued, and whose task goes to the
// lanes next. Pure state, no socket, no clock; the daemon feeds it and does what it says.
//
// Fairness is by lane time used, not by tasks: a master with heavy chunks and one with light ones
// each get half of the machine (start-time fair queueing: a master that comes back from idling
// starts level with the least served, it has no saved-up claim).
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/clock.h"
#include "common/error.h"
#include "kernels/grid.h"

namespace mandel {

// Names one attempt at one chunk, of one master.
struct TaskKey {
  std::uint64_t job = 0;
  std::uint32_t chunk = 0;
  std::uint32_t attempt = 0;
  auto operator<=>(const TaskKey&) const = default;
};

struct QueuedTask {
  TaskKey key;
  std::uint32_t first_row = 0;
  std::uint32_t rows = 0;
  Nanoseconds arrived = 0;
};

struct OpenedJob {
  std::shared_ptr<const Axes> axes;
  std::uint32_t max_iter = 0;
};

class Sessions {
 public:
  using Peer = std::string;

  struct Limits {
    std::size_t sessions = 256;
    std::size_t jobs_per_session = 16;
    std::size_t tasks_per_session = 16;  // queued or in the lanes: the credit a master has here
    std::size_t axes_bytes = std::size_t{512} << 20;      // of all open jobs
    std::int64_t unsent_bytes = std::int64_t{128} << 20;  // then a master has to read first
    Nanoseconds silence = 10 * kSecond;  // a master not heard of for so long is gone
  };

  // Which session of which peer: a connection that was dropped may greet again, and what the lanes
  // still have of its old session is none of the new one's business.
  struct SessionId {
    Peer peer;
    std::uint64_t serial = 0;
  };

  // Bytes of a session's results that ZeroMQ has not got rid of yet.
  using Unsent = std::shared_ptr<std::atomic<std::int64_t>>;

  struct Picked {
    SessionId session;
    Unsent unsent;
    QueuedTask task;
    OpenedJob job;
  };

  explicit Sessions(Limits limits) : limits_(limits) {}

  const Limits& limits() const { return limits_; }
  std::size_t count() const { return sessions_.size(); }
  // Sessions that were dropped for what they sent, since the start.
  std::uint64_t blamed() const { return blamed_; }
  bool knows(const Peer& peer) const { return sessions_.contains(peer); }
  bool is_current(const SessionId& session) const;
  std::vector<Peer> peers() const;

  // Each of these is one message of a peer. An error means: tell the peer and drop() it.
  FromPeer<void> greet(const Peer& peer, Nanoseconds now);
  FromPeer<void> open(const Peer& peer, std::uint64_t job, OpenedJob opened);
  FromPeer<void> enqueue(const Peer& peer, const QueuedTask& task);
  // True if the task was still queued; it is gone. Else it is in the lanes, or was never here.
  bool cancel(const Peer& peer, const TaskKey& key);
  void heard(const Peer& peer, Nanoseconds now);

  // Takes the next task for the lanes, of the master that was served least.
  std::optional<Picked> pick();
  // A picked task has ended, after `lane_ns` of lane time.
  void settle(const SessionId& session, Nanoseconds lane_ns);

  void drop(const Peer& peer);
  void blame(const Peer& peer);
  // Masters that have been silent for too long. The caller drops them.
  std::vector<Peer> silent(Nanoseconds now) const;

  std::size_t queued() const;

 private:
  struct Session {
    std::uint64_t serial = 0;
    std::map<std::uint64_t, OpenedJob> jobs;
    std::deque<QueuedTask> queue;
    std::size_t in_lanes = 0;
    Unsent unsent = std::make_shared<std::atomic<std::int64_t>>(0);
    Nanoseconds served = 0;     // virtual time of fair queueing
    Nanoseconds task_mean = 0;  // lane time that one of its tasks takes, as of late
    Nanoseconds heard = 0;

    // What it will have been served once the lanes are done with what they hold.
    Nanoseconds claim() const { return served + static_cast<Nanoseconds>(in_lanes) * task_mean; }
    bool is_active() const { return !queue.empty() || in_lanes > 0; }
  };

  std::size_t axes_bytes() const;

  Limits limits_;
  std::map<Peer, Session> sessions_;
  std::uint64_t next_serial_ = 1;
  Nanoseconds virtual_time_ = 0;  // what whoever was picked last had been served
  std::uint64_t blamed_ = 0;
};

}  // namespace mandel
