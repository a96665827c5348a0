// The master without its plan: what the loop and its sessions do with the plan's actions, in a
// world of simulated links. It dials, greets, notices silence, dials again with back-off, holds
// counts, writes, judges (always rightly), and stands still now and then.
#pragma once

#include <memory>
#include <set>
#include <vector>

#include "common/base/protocol_times.h"
#include "master/plan/plan.h"
#include "tests/sim/referee.h"
#include "tests/sim/sim_worker.h"
#include "tests/sim/simulation.h"

namespace mandel::sim {

class Hands : public MasterEnd {
 public:
  using Fleet = std::vector<std::unique_ptr<SimWorker>>;

  Hands(Timeline& timeline, Random& random, const Scenario& scenario, Fleet& fleet,
        const Watching& watching);

  void begin();
  void pause(Nanoseconds duration);

  void hear_join(WorkerId from, std::uint64_t incarnation) override;
  void hear_welcome(WorkerId from, SessionId session, std::uint64_t incarnation) override;
  void hear_result(WorkerId from, SessionId session, ChunkId chunk, Fingerprint print,
                   Nanoseconds lanes_ns) override;
  void hear_failure(WorkerId from, SessionId session, ChunkId chunk,
                    std::uint32_t attempt) override;
  void hear_beat(WorkerId from, SessionId session, std::vector<event::TaskState> tasks) override;
  void hear_leaving(WorkerId from, SessionId session) override;
  void hear_goodbye(WorkerId from, SessionId session) override;
  void hear_broken(WorkerId from, SessionId session) override;
  bool is_accident_prone(ChunkId chunk) const override {
    return scenario_.curses[chunk] == Curse::kNone && referee_.griefs(chunk) >= 2;
  }

  bool has_accident_prone() const {
    for (ChunkId chunk = 0; chunk < scenario_.chunks(); ++chunk)
      if (is_accident_prone(chunk) && !referee_.is_accepted(chunk)) return true;
    return false;
  }

  const Plan& plan() const { return plan_; }
  const Referee& referee() const { return referee_; }
  Referee& referee() { return referee_; }
  bool is_dismissed(WorkerId worker) const { return peers_[worker].is_dismissed; }
  bool is_off(WorkerId worker) const { return peers_[worker].is_off; }
  bool is_finished() const { return is_finished_; }
  bool is_given_up() const { return is_given_up_; }
  Nanoseconds finished_at() const { return finished_at_; }
  std::uint64_t events() const { return events_; }
  std::uint64_t trace() const { return trace_; }  // a hash of all events and actions
  double plan_ns() const { return plan_ns_; }     // of the real clock, for the benchmark

 private:
  struct Peer {
    SessionId session = kNoSession;
    bool is_ready = false;
    bool is_dismissed = false;
    Nanoseconds heard = 0;
    Nanoseconds backoff = kBackoffMin;
    WorkerId number = kNobody;      // in the plan
    std::uint64_t incarnation = 0;  // that dialled in
    Nanoseconds ready_since = 0;
    bool is_off = false;     // the list
    bool is_called = false;  // back
  };
  static constexpr Nanoseconds kSilence = kWorkerSilence;
  static constexpr Nanoseconds kBackoffMin = kSecond / 10;
  static constexpr Nanoseconds kBackoffMax = 2 * kSecond;
  static constexpr Nanoseconds kTickEvery = kSecond / 10;

  void dial(WorkerId worker);
  void watch_silence(WorkerId worker, SessionId session);
  void hang_up(WorkerId worker);
  void take_off(WorkerId worker);
  void watch_list(WorkerId worker);
  void watch_patience();
  bool has_more_to_do() const;
  void tick();
  bool is_deaf_to(WorkerId from, SessionId session);
  // While the process stands still, what arrives waits.
  bool put_off(std::function<void()> step);

  void feed(const Event& event);
  void watch(const Event& event, const std::vector<Action>& actions);
  void cut_rest();
  void execute(const action::Send& send);
  void execute(const action::Cancel& cancel);
  void execute(const action::Acknowledge& acknowledge);
  void execute(const action::Keep& keep);
  void execute(const action::Accept& accept);
  void execute(const action::Judge& judge);
  void execute(const action::Revoke& revoke);
  void execute(const action::Dismiss& dismiss);
  void execute(const action::Rest&) {}
  void execute(const action::SetAside& set_aside);
  void execute(const action::Finish& finish);
  void write();
  void free_later(ChunkId chunk);
  void trace(const Event& event, const std::vector<Action>& actions);

  Timeline& timeline_;
  Random& random_;
  const Scenario& scenario_;
  Fleet& fleet_;
  Plan plan_;
  Referee referee_;
  const Watching watching_;
  std::vector<Peer> peers_;
  std::vector<WorkerId> worker_of_;  // of each session
  std::optional<Nanoseconds> unusable_since_;
  std::optional<Nanoseconds> connected_since_;
  std::map<ChunkId, std::map<WorkerId, Fingerprint>> kept_;
  std::optional<event::Done> in_hand_;
  std::vector<std::uint8_t> in_memory_;  // accepted and not written
  std::vector<bool> is_settled_;         // accepted or set aside: the writer may pass on
  std::uint32_t written_ = 0;            // places; all before, when writing in order
  bool is_writing_ = false;
  Nanoseconds paused_until_ = 0;
  Nanoseconds paused_since_ = 0;
  std::vector<std::function<void()>> put_off_;
  std::uint32_t accepted_ = 0;
  bool has_rest_;  // to cut
  bool is_finished_ = false;
  bool is_given_up_ = false;
  Nanoseconds finished_at_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t trace_ = 0;
  double plan_ns_ = 0;
};

}  // namespace mandel::sim
