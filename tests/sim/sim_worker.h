// A worker as the protocol describes it, with lanes that only let time pass, and with everything
// that can go wrong in one: it crashes and comes back, its lanes hang, it lies, fails and leaves.
#pragma once

#include <deque>
#include <map>
#include <vector>

#include "common/base/protocol_times.h"
#include "master/plan/plan_events.h"
#include "tests/sim/network.h"
#include "tests/sim/scenario.h"

namespace mandel::sim {

inline constexpr SessionId kNoSession = 0;

// What a worker can say; the master's end of the link.
class MasterEnd {
 public:
  virtual ~MasterEnd() = default;
  virtual void hear_join(WorkerId from, std::uint64_t incarnation) = 0;
  virtual void hear_welcome(WorkerId from, SessionId session, std::uint64_t incarnation) = 0;
  virtual void hear_result(WorkerId from, SessionId session, ChunkId chunk, Fingerprint print,
                           Nanoseconds lanes_ns) = 0;
  virtual void hear_failure(WorkerId from, SessionId session, ChunkId chunk,
                            std::uint32_t attempt) = 0;
  virtual void hear_beat(WorkerId from, SessionId session, std::vector<event::TaskState> tasks) = 0;
  virtual void hear_leaving(WorkerId from, SessionId session) = 0;
  virtual void hear_goodbye(WorkerId from, SessionId session) = 0;
  virtual void hear_broken(WorkerId from, SessionId session) = 0;  // the connection was reset
  // Have workers come to grief with it so often that one more can be no accident?
  virtual bool is_accident_prone(ChunkId chunk) const = 0;
};

class SimWorker {
 public:
  SimWorker(Timeline& timeline, Random& random, const Scenario& scenario, WorkerId worker,
            MasterEnd& master);

  // Messages.
  void hear_hello(SessionId session);
  void hear_task(SessionId session, ChunkId chunk, std::uint32_t attempt);
  void hear_cancel(SessionId session, ChunkId chunk, std::uint32_t attempt);
  void hear_acknowledge(SessionId session, ChunkId chunk);

  // Faults. Rebooting takes a while; kNever: it stays down.
  static constexpr Nanoseconds kNever = -1;
  void crash(Nanoseconds reboot, bool is_noticed);
  void hang(std::uint32_t lane, Nanoseconds duration);
  void leave();
  void stop_misbehaving() { is_well_behaved_ = true; }
  Link& link() { return link_; }
  const WorkerSpec& spec() const { return spec_; }

  bool is_alive() const { return is_alive_; }
  std::uint64_t incarnation() const { return incarnation_; }
  bool is_leaving() const { return is_leaving_; }
  // Lanes that can be counted on: they don't hang, of a process that is there or comes back.
  std::uint32_t live_lanes() const;

 private:
  struct Task {
    ChunkId chunk;
    std::uint32_t attempt;
  };
  struct Lane {
    bool is_busy = false;
    bool is_hung = false;
    bool is_hung_for_good = false;
    bool is_cancelled = false;  // it hangs, and can't be stopped
    Task task{};
    Nanoseconds left = 0;   // when it last changed
    Nanoseconds since = 0;  // when that was
    std::uint64_t ticks = 0;
    std::uint64_t run = 0;  // tells timers of the past from the present one
  };
  struct Result {
    Fingerprint print;
    Nanoseconds lanes_ns;
    Nanoseconds sent;
  };
  static constexpr Nanoseconds kTick = kLaneTickMax;
  static constexpr Nanoseconds kResend = 5 * kSecond;
  static constexpr Nanoseconds kKnock = 2 * kSecond;

  void start_lanes();
  Nanoseconds lane_time(ChunkId chunk) const;
  void begin(std::uint32_t lane, Task task);
  void let_run(std::uint32_t lane);
  void bring_up_to_date(Lane& lane);
  void finish(std::uint32_t lane);
  void fail(std::uint32_t lane);
  void send_result(ChunkId chunk);
  void beat();
  void say_goodbye_when_done();
  void boot();
  void knock();
  Lane* find_running(ChunkId chunk);

  Timeline& timeline_;
  Random& random_;
  const Scenario& scenario_;
  const WorkerSpec& spec_;
  WorkerId worker_;
  MasterEnd& master_;
  Link link_;
  std::vector<Lane> lanes_;
  std::deque<Task> queue_;
  std::vector<Task> hoard_;
  std::uint64_t hoard_ticks_ = 0;
  std::uint32_t finished_ = 0;  // chunks
  std::map<ChunkId, Result> unacknowledged_;
  SessionId session_ = kNoSession;
  SessionId newest_ = kNoSession;  // through all crashes
  std::uint64_t incarnation_ = 0;
  bool is_alive_ = false;
  bool is_coming_back_ = true;
  bool is_leaving_ = false;
  bool is_well_behaved_ = false;
};

}  // namespace mandel::sim
