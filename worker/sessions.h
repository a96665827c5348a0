// The worker's scheduler: which masters are here, what each has queued, and whose task goes to the
// lanes next. Pure state, no socket, no clock; the daemon feeds it and does what it says.
//
// Fairness is by lane time used, not by tasks: a master with heavy chunks and one with light ones
// each get half of the machine (start-time fair queueing: a master that comes back from idling
// starts level with the least served, it has no saved-up claim).
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/protocol_times.h"
#include "common/wire/job.h"
#include "kernels/deep_engine.h"
#include "kernels/grid.h"
#include "mandel.pb.h"
#include "worker/task_key.h"

namespace mandel {

// The most tasks that a master may have at a worker: few enough for a beat to list every one.
inline constexpr std::size_t kCreditMax = 1800;

// How many tasks a master may have at a worker of so many lanes, unless its owner says otherwise:
// enough to keep all of them busy over one round trip of tiny chunks.
std::size_t credit_for(std::size_t lanes);

struct QueuedTask {
  TaskKey key;
  std::uint32_t first_row = 0;
  std::uint32_t rows = 0;
  Nanoseconds arrived = 0;
  wire::Encoding encoding = wire::RAW_U32;  // wished for its counts
};

struct OpenedJob {
  Job job;
  std::shared_ptr<const Axes> axes;
  // Of a true-count job: equal ones share it, and with it what is prepared once a picture. Gone
  // with the last of them.
  std::shared_ptr<DeepEngine> deep = {};
};

// Of a task's counts.
std::size_t counts_bytes(const QueuedTask& task, const Axes& axes);

// How far a task is. `ticks` is 0 until a lane has begun it.
struct TaskProgress {
  TaskKey key;
  std::uint64_t ticks = 0;
};

class Sessions {
 public:
  using Peer = std::string;

  struct Limits {
    std::size_t sessions = 256;
    std::size_t jobs_per_session = 16;
    std::size_t tasks_per_session = 16;  // queued or in the lanes: the credit a master has here
    std::size_t axes_bytes = std::size_t{512} << 20;  // of all open jobs
    std::size_t deep_engines = 16;                    // the same: each may have much prepared
    // Results of one session beyond which its master has to acknowledge some first.
    std::size_t unacked_bytes = std::size_t{128} << 20;
    std::size_t unacked_results = 4096;
    Nanoseconds silence = kMasterSilence;  // a master not heard of for so long is gone
  };

  // Which session of which peer: a connection that was dropped may greet again, and tasks that the
  // lanes still have of its old session don't belong to the new one.
  struct SessionId {
    Peer peer;
    std::uint64_t serial = 0;
  };

  struct Picked {
    std::uint64_t id = 0;  // of the task among all that were ever picked
    SessionId session;
    QueuedTask task;
    OpenedJob job;
  };

  explicit Sessions(Limits limits) : limits_(limits) {}

  const Limits& limits() const { return limits_; }
  std::size_t count() const { return sessions_.size(); }
  bool knows(const Peer& peer) const { return sessions_.contains(peer); }
  std::vector<Peer> peers() const;
  // Null if the job is not open in this peer's session.
  const OpenedJob* job(const Peer& peer, std::uint64_t id) const;
  std::vector<std::uint64_t> jobs(const Peer& peer) const;
  // Of an open job that is equal, in any session; null if there is none.
  std::shared_ptr<DeepEngine> engine_of(const Job& job) const;
  // Can this master read it?
  bool reads(const Peer& peer, wire::Encoding encoding) const;

  // Each of these is one message of a peer. An error means: tell the peer and drop() it.
  // `encodings` are those that the peer reads, besides RAW_U32.
  FromPeer<void> greet(const Peer& peer, Nanoseconds now,
                       std::vector<wire::Encoding> encodings = {});
  // One job more than the limit closes the oldest that has no task waiting: its master is done with
  // it.
  FromPeer<void> open(const Peer& peer, std::uint64_t job, OpenedJob opened);
  FromPeer<void> enqueue(const Peer& peer, const QueuedTask& task);
  // Forgets the task where it is queued, and returns the ids by which the lanes have it.
  std::vector<std::uint64_t> cancel(const Peer& peer, const TaskKey& key);
  void acked(const Peer& peer, const ChunkKey& key);
  void heard(const Peer& peer, Nanoseconds now);

  // Takes the next task for the lanes, of the master that was served least among those for which
  // there `has_room` for more: for a result of so many bytes, with so many in the lanes already.
  using HasRoom = std::function<bool(const Peer&, std::size_t in_lanes, std::size_t bytes)>;
  std::optional<Picked> pick(const HasRoom& has_room = {});
  // A picked task has ended, after `lane_ns` of lane time. False if nobody waits for it any more:
  // it was cancelled, or its session is over.
  bool settle(const Picked& picked, Nanoseconds lane_ns);
  // A result went out.
  void sent(const Peer& peer, const ChunkKey& key, std::size_t bytes);

  // The tasks of this master that are queued or in the lanes. Behind them come those that it
  // cancelled and that a lane still works on, since that lane is not free. `ticks_of` says how far
  // the lanes are with the task of an id.
  std::vector<TaskProgress> tasks(
      const Peer& peer, const std::function<std::uint64_t(std::uint64_t id)>& ticks_of) const;

  // Ends the session, if there is one, and returns the ids of the tasks that the lanes have of it.
  std::vector<std::uint64_t> drop(const Peer& peer);
  // Masters that have been silent for too long. The caller drops them.
  std::vector<Peer> silent(Nanoseconds now) const;

  std::size_t queued() const;

 private:
  struct InLanes {
    TaskKey key;
    std::size_t bytes = 0;
    bool is_cancelled = false;
  };

  struct Session {
    std::uint64_t serial = 0;
    std::vector<wire::Encoding> encodings;
    std::map<std::uint64_t, OpenedJob> jobs;
    std::vector<std::uint64_t> jobs_by_age;  // the oldest first
    std::deque<QueuedTask> queue;
    std::map<std::uint64_t, InLanes> in_lanes;  // by Picked::id
    std::size_t in_lanes_bytes = 0;
    std::map<ChunkKey, std::size_t> unacked;  // bytes of results
    std::size_t unacked_bytes = 0;
    Nanoseconds served = 0;     // virtual time of fair queueing
    Nanoseconds task_mean = 0;  // lane time of its last tasks, a moving mean
    Nanoseconds heard = 0;

    // What it will have been served once the lanes are done with what they hold.
    Nanoseconds claim() const {
      return served + static_cast<Nanoseconds>(in_lanes.size()) * task_mean;
    }
    bool is_active() const { return !queue.empty() || !in_lanes.empty(); }
    // Tasks that count against its credit. A cancelled one does not, since its master can't know
    // when the lanes let go of it.
    std::size_t held() const;
    // Of the counts of its next task.
    std::size_t next_bytes() const;
  };

  bool may_compute(const Session& session) const;
  static bool close_oldest_job(Session& session);
  std::size_t axes_bytes() const;
  std::size_t deep_engines() const;

  Limits limits_;
  std::map<Peer, Session> sessions_;
  std::uint64_t next_serial_ = 1;
  std::uint64_t next_id_ = 1;
  Nanoseconds virtual_time_ = 0;  // how much the session picked last had been served
};

}  // namespace mandel
