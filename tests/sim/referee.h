// Watches events and actions go by, and knows the rules; it sees nothing of the plan's state. The
// first breach ends the simulation.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "master/plan/plan_events.h"
#include "tests/sim/scenario.h"

namespace mandel::sim {

class Referee {
 public:
  explicit Referee(const Scenario& scenario);

  // What the plan answered to the event.
  void watch(const Event& event, const std::vector<Action>& actions, Nanoseconds now);
  // What somebody else has seen go wrong.
  void hear(const std::string& complaint, Nanoseconds now);
  // The job has ended, or should have.
  void conclude(bool is_in_time);

  // What went wrong first; empty: nothing.
  const std::string& breach() const { return breach_; }
  bool is_finished() const { return is_finished_; }
  bool is_accepted(ChunkId chunk) const { return maker_[chunk] != kNobody || is_old_[chunk]; }
  bool is_set_aside(ChunkId chunk) const { return set_aside_.contains(chunk); }
  // Has the process a session?
  bool knows(std::uint64_t incarnation) const {
    return std::ranges::any_of(
        sessions_, [&](const auto& entry) { return entry.second.incarnation == incarnation; });
  }
  // The innocent chunks that will have died with the process, if it dies now.
  std::set<ChunkId> at_stake(std::uint64_t incarnation) const;
  // How often a worker failed or died with it.
  std::size_t griefs(ChunkId chunk) const {
    const auto it = suspicions_.find(chunk);
    return it == suspicions_.end() ? 0 : it->second.died.size() + it->second.failed.size();
  }

 private:
  // A grant, as the worker's beats let it look.
  struct Task {
    std::uint32_t attempt = 0;
    Nanoseconds sent = 0;
    Nanoseconds moved = 0;
    std::uint64_t ticks = 0;
    bool has_stood_still = false;
  };
  struct Session {
    WorkerId worker;
    WorkerId machine;
    std::uint64_t incarnation;
    Capacity capacity;
    std::map<ChunkId, Task> tasks;
    bool is_leaving = false;
    std::map<std::pair<ChunkId, std::uint32_t>, Task> strays;  // at it still, and cancelled
  };
  struct Suspicion {                         // incarnations
    std::map<std::uint64_t, WorkerId> died;  // and of which machine
    std::set<std::uint64_t> died_alone;      // of these: they had nothing else
    std::multiset<std::uint64_t> failed;
    std::multiset<std::uint64_t> sound;      // of both: of machines that seemed sound
    std::multiset<std::uint64_t> delivered;  // and of those that had delivered something
  };
  // How often a machine's processes died in a row, without a result between them.
  struct Falls {
    std::uint32_t count = 0;
    Nanoseconds last = 0;
    std::uint64_t died = 0;    // the process
    std::uint64_t newest = 0;  // process
    bool has_delivered = false;
  };
  static constexpr std::uint32_t kSentMax = 200;  // a chunk, however bad the fleet

  void see(const event::Joined& joined);
  void see(const event::Leaving& leaving);
  void see(const event::Lost& lost);
  void see(const event::Done& done);
  void see(const event::Returned& returned);
  void see(const event::Beat& beat);
  void see(const event::Freed& freed);
  void see(const event::Judged& judged);
  void see(const event::RestCut& rest);
  void see(const event::Paused& paused);
  void see(const event::Tick&) {}

  void check(const action::Send& send);
  void check(const action::Cancel& cancel);
  void check(const action::Acknowledge& acknowledge);
  void check(const action::Keep& keep);
  void check(const action::Accept& accept);
  void check(const action::Judge& judge);
  void check(const action::Revoke& revoke);
  void check(const action::Dismiss& dismiss);
  void check(const action::Rest& rest);
  void check(const action::SetAside& set_aside);
  void check(const action::Finish&);

  void check_revoked();
  void check_backups(ChunkId chunk);
  bool is_condemned(ChunkId chunk) const;
  void take_back(Session& session, ChunkId chunk);
  std::uint32_t still_strays(Session& session, const event::Beat& beat);
  void end(SessionId id, bool is_to_blame);
  // As far as anybody can know: one that is bad for good is like the others until it has died.
  bool is_sound(const Session& session) {
    return !scenario_.workers[session.machine].is_bad() || falls_[session.machine].count == 0;
  }
  bool is_at_rest(const Session& session);
  bool has_reason(ChunkId chunk) const;
  void suspect(ChunkId chunk, const Session& session);
  void fail(const std::string& what);

  const Scenario& scenario_;
  Nanoseconds now_ = 0;
  std::string breach_;
  bool is_finished_ = false;
  std::uint32_t known_;  // chunks
  std::uint32_t window_;
  std::map<SessionId, Session> sessions_;
  std::set<WorkerId> dismissed_;
  std::set<WorkerId> resting_;           // machines of which it was said
  std::map<WorkerId, Falls> falls_;      // of machines
  std::vector<bool> is_old_;             // done by an earlier master
  std::vector<WorkerId> maker_;          // whose counts were accepted
  std::vector<bool> is_truth_;           // of accepted counts
  std::vector<std::uint32_t> sent_;      // how often
  std::vector<std::uint8_t> in_memory_;  // accepted and not freed
  std::vector<std::uint32_t> holders_;   // sessions, for each chunk
  std::uint32_t held_ = 0;               // chunks with a holder
  std::uint32_t accepted_ = 0;
  std::uint32_t unfreed_ = 0;
  std::map<ChunkId, std::map<WorkerId, Fingerprint>> kept_;
  std::set<ChunkId> judging_;
  std::map<ChunkId, Suspicion> suspicions_;
  std::set<ChunkId> set_aside_;
  // Of the event in hand.
  std::optional<event::Done> in_hand_;
  bool is_unacknowledged_ = false;
  bool has_dismissed_ = false;
};

}  // namespace mandel::sim
