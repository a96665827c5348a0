// See referee.h. What the master was told; referee_rules.cpp has what it may do.
#include "tests/sim/referee.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "master/plan/plan.h"

namespace mandel::sim {

Referee::Referee(const Scenario& scenario)
    : scenario_(scenario),
      known_(scenario.opening > 0 ? scenario.opening : scenario.chunks()),
      window_(scenario.opening > 0 ? scenario.opening : scenario.window),
      is_old_(scenario.done),
      maker_(scenario.chunks(), kNobody),
      is_truth_(scenario.chunks()),
      sent_(scenario.chunks()),
      in_memory_(scenario.chunks()),
      holders_(scenario.chunks()) {
  is_old_.resize(scenario.chunks());
}

void Referee::watch(const Event& event, const std::vector<Action>& actions, Nanoseconds now) {
  now_ = now;
  if (is_finished_) {
    if (!actions.empty()) fail("it acts after the end");
    return;
  }
  in_hand_.reset();
  is_unacknowledged_ = false;
  has_dismissed_ = false;
  std::visit([this](const auto& one) { see(one); }, event);
  for (const Action& action : actions) std::visit([this](const auto& one) { check(one); }, action);
  if (has_dismissed_ && scenario_.audit > 0) check_revoked();
  if (is_unacknowledged_)
    fail(fmt::format("chunk {} came and was not acknowledged", in_hand_->chunk));
}

void Referee::see(const event::Joined& joined) {
  Falls& falls = falls_[joined.machine];
  if (falls.died == joined.incarnation && falls.count > 0) --falls.count;  // it lives
  falls.died = 0;
  falls.newest = joined.incarnation;
  sessions_[joined.session] = {
      joined.worker, joined.machine, joined.incarnation, joined.capacity, {}, false, {}};
  for (auto& [chunk, suspicion] : suspicions_) {
    suspicion.died.erase(joined.incarnation);
    suspicion.died_alone.erase(joined.incarnation);
    if (suspicion.failed.contains(joined.incarnation)) continue;
    suspicion.sound.erase(joined.incarnation);
    suspicion.delivered.erase(joined.incarnation);
  }
}

void Referee::see(const event::Leaving& leaving) {
  if (const auto it = sessions_.find(leaving.session); it != sessions_.end())
    it->second.is_leaving = true;
}

void Referee::see(const event::Lost& lost) {
  std::optional<Session> gone;
  if (const auto it = sessions_.find(lost.session); it != sessions_.end()) gone = it->second;
  end(lost.session, !lost.is_orderly);
  if (!gone || lost.is_orderly || lost.is_silent) return;
  Falls& falls = falls_[gone->machine];
  ++falls.count;
  falls.last = now_;
  falls.died = gone->incarnation;
}

void Referee::suspect(ChunkId chunk, const Session& session) {
  Suspicion& suspicion = suspicions_[chunk];
  const bool seems_sound = is_sound(session);
  if (seems_sound) suspicion.sound.insert(session.incarnation);
  if (seems_sound || falls_[session.machine].has_delivered)
    suspicion.delivered.insert(session.incarnation);
}

// Two deaths in a row, and a second has not passed.
bool Referee::is_at_rest(const Session& session) {
  const Falls& falls = falls_[session.machine];
  return falls.count >= 2 && session.incarnation == falls.newest && now_ - falls.last < kSecond;
}

void Referee::see(const event::Done& done) {
  const auto it = sessions_.find(done.session);
  if (it == sessions_.end()) return;
  falls_[it->second.machine].count = 0;
  falls_[it->second.machine].has_delivered = true;
  in_hand_ = done;
  is_unacknowledged_ = true;
  take_back(it->second, done.chunk);
}

void Referee::see(const event::Returned& returned) {
  const auto it = sessions_.find(returned.grant.session);
  if (it == sessions_.end()) return;
  const auto task = it->second.tasks.find(returned.grant.chunk);
  if (task == it->second.tasks.end() || task->second.attempt != returned.grant.attempt) return;
  take_back(it->second, returned.grant.chunk);
  suspicions_[returned.grant.chunk].failed.insert(it->second.incarnation);
  suspect(returned.grant.chunk, it->second);
}

// The same rule as the plan's, told in another way: a task that the worker doesn't know after a
// lease is gone; one that stands still for a lease hangs; behind hung lanes everything hangs.
void Referee::see(const event::Beat& beat) {
  const auto it = sessions_.find(beat.session);
  if (it == sessions_.end()) return;
  Session& session = it->second;
  std::vector<ChunkId> gone;
  std::uint32_t still = 0;
  for (auto& [chunk, task] : session.tasks) {
    const auto state = std::ranges::find_if(
        beat.tasks, [&, c = chunk, a = task.attempt](const event::TaskState& s) {
          return s.chunk == c && s.attempt == a;
        });
    if (state == beat.tasks.end()) {
      if (now_ - task.sent > Plan::kLease) gone.push_back(chunk);
      continue;
    }
    if (state->ticks == 0 || state->ticks != task.ticks) task.moved = now_;
    task.ticks = state->ticks;
    if (now_ - task.moved <= Plan::kLease) continue;
    task.has_stood_still = true;
    ++still;
  }
  for (const ChunkId chunk : gone) take_back(session, chunk);
  still += still_strays(session, beat);
  if (still >= std::min(session.capacity.lanes, std::max(1u, session.capacity.credit_max)))
    for (auto& [chunk, task] : session.tasks) task.has_stood_still = true;
}

// What a lane is at although it was cancelled, and has been for a lease.
std::uint32_t Referee::still_strays(Session& session, const event::Beat& beat) {
  auto before = std::exchange(session.strays, {});
  std::uint32_t still = 0;
  for (const event::TaskState& state : beat.tasks) {
    const auto task = session.tasks.find(state.chunk);
    if (state.ticks == 0 || (task != session.tasks.end() && task->second.attempt == state.attempt))
      continue;
    Task& stray = before[{state.chunk, state.attempt}];
    if (stray.ticks != state.ticks) stray.moved = now_;
    stray.ticks = state.ticks;
    still += now_ - stray.moved > Plan::kLease;
    session.strays[{state.chunk, state.attempt}] = stray;
  }
  return still;
}

void Referee::see(const event::RestCut& rest) {
  known_ += rest.chunks;
  window_ = rest.window;
}

void Referee::see(const event::Freed& freed) { unfreed_ -= freed.chunks; }

void Referee::see(const event::Judged& judged) { judging_.erase(judged.chunk); }

void Referee::see(const event::Paused& paused) {
  for (auto& [id, session] : sessions_)
    for (auto& [chunk, task] : session.tasks) {
      task.sent = std::min(now_, task.sent + paused.duration);
      task.moved += paused.duration;
    }
  for (auto& [id, session] : sessions_)
    for (auto& [key, stray] : session.strays) stray.moved += paused.duration;
}

void Referee::take_back(Session& session, ChunkId chunk) {
  if (session.tasks.erase(chunk) > 0 && --holders_[chunk] == 0) --held_;
}

void Referee::end(SessionId id, bool is_to_blame) {
  const auto it = sessions_.find(id);
  if (it == sessions_.end()) return;
  const bool is_alone = it->second.tasks.size() == 1;
  while (!it->second.tasks.empty()) {
    const ChunkId chunk = it->second.tasks.begin()->first;
    if (is_to_blame) suspicions_[chunk].died[it->second.incarnation] = it->second.machine;
    if (is_to_blame) suspect(chunk, it->second);
    if (is_to_blame && is_alone) suspicions_[chunk].died_alone.insert(it->second.incarnation);
    take_back(it->second, chunk);
  }
  sessions_.erase(it);
}

std::set<ChunkId> Referee::at_stake(std::uint64_t incarnation) const {
  std::set<ChunkId> chunks;
  for (const auto& [id, session] : sessions_)
    for (const auto& [chunk, task] : session.tasks)
      if (session.incarnation == incarnation) chunks.insert(chunk);
  for (const auto& [chunk, suspicion] : suspicions_)
    if (suspicion.died.contains(incarnation)) chunks.insert(chunk);
  std::erase_if(chunks, [&](ChunkId c) { return scenario_.curses[c] != Curse::kNone; });
  return chunks;
}

void Referee::hear(const std::string& complaint, Nanoseconds now) {
  now_ = now;
  fail(complaint);
}

void Referee::fail(const std::string& what) {
  if (breach_.empty()) breach_ = fmt::format("{:.6f} s: {}", seconds(now_), what);
}

}  // namespace mandel::sim
