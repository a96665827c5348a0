// See plan.h. This file has the events. What they lead to: plan_grant.cpp has who gets what,
// plan_backup.cpp what is late, plan_recover.cpp what comes back, plan_blame.cpp whose fault it is,
// plan_workers.cpp what is known of workers, plan_check.cpp whether all of it agrees.
#include "master/plan/plan.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <utility>

#include "common/base/error.h"

namespace mandel {

Plan::Plan(Config config)
    : config_(std::move(config)),
      story_(config_.explained),
      trust_(config_.audit, config_.seed),
      chunks_(config_.chunks),
      window_(config_.window),
      has_rest_(config_.has_rest),
      done_(config_.done) {
  MANDEL_ASSERT(done_.empty() || done_.size() == chunks_);
  done_.resize(chunks_);
  done_count_ = static_cast<std::uint32_t>(std::ranges::count(done_, true));
  pass_touched();
  if (trust_.is_on()) makers_.assign(chunks_, kNobody);
}

std::vector<Action> Plan::on(const Event& event, Nanoseconds now) {
  now_ = now;
  actions_.clear();
  relieved_.clear();
  if (!is_finished_) std::visit([this](const auto& e) { handle(e); }, event);
#ifdef MANDEL_CHECK_PLAN
  if (const std::string wrong = check(); !wrong.empty()) {
    std::fprintf(stderr, "mandel bug: %s\n", wrong.c_str());
    std::abort();
  }
#endif
  return std::exchange(actions_, {});
}

bool Plan::wants(SessionId id, ChunkId chunk) const {
  if (is_finished_ || chunk >= chunks_ || !is_missing(chunk)) return false;
  const auto session = sessions_.find(id);
  if (session == sessions_.end()) return false;
  const auto open = open_.find(chunk);
  return open == open_.end() || std::ranges::none_of(open->second.kept, [&](const Kept& kept) {
           return kept.worker == session->second.worker;
         });
}

void Plan::handle(const event::Joined& joined) {
  const auto [it, is_new] = sessions_.try_emplace(joined.session);
  MANDEL_ASSERT(is_new);
  if (standings_.empty()) last_result_ = now_;
  it->second.worker = joined.worker;
  it->second.machine = joined.machine;
  it->second.incarnation = joined.incarnation;
  it->second.capacity = joined.capacity;
  it->second.delivered = now_;
  set_chunk_ns(it->second, last_chunk_ns_[joined.worker]);
  lanes_ += joined.capacity.lanes;
  hungry_.insert(joined.session);
  absolve(joined.incarnation);
  rests_[joined.machine].joined(joined.incarnation, now_);
  standings_[joined.worker].machine = joined.machine;
  standings_[joined.worker].since.reset();
  grant_in_turn();
  finish_if_done();  // a job that was resumed may have nothing left to do
}

void Plan::handle(const event::Leaving& leaving) {
  const auto it = sessions_.find(leaving.session);
  if (it == sessions_.end()) return;
  it->second.is_leaving = true;
  set_chunk_ns(it->second, 0);  // the others' speed counts from now on
  hungry_.erase(leaving.session);
  judge_where_alone();
}

void Plan::handle(const event::Lost& lost) {
  const auto it = sessions_.find(lost.session);
  if (it == sessions_.end()) return;
  const Session& session = it->second;
  if (!lost.is_orderly && !session.is_leaving) {
    standings_.at(session.worker).since = now_;
    standings_.at(session.worker).is_silent = lost.is_silent;
  }
  if (lost.is_silent) {
    rests_.at(session.machine).went_silent(session.incarnation);
  } else if (!lost.is_orderly || !session.held.empty()) {
    fall(session, true);
  }
  end_session(lost.session, !lost.is_orderly);
  judge_where_alone();
  grant_in_turn();
}

void Plan::handle(const event::Done& done) {
  const auto it = sessions_.find(done.session);
  if (it == sessions_.end() || done.chunk >= chunks_) return;
  actions_.emplace_back(action::Acknowledge{done.session, done.chunk});
  Session& session = it->second;
  const bool is_wanted = wants(done.session, done.chunk);
  if (is_wanted) {  // nobody has looked at others
    session.returned_in_a_row.clear();
    session.unasked_in_a_row = 0;
    ++standings_.at(session.worker).results;
    rests_.at(session.machine).delivered(session.incarnation);
    last_result_ = now_;
  }
  session.delivered = now_;
  session.is_overdue = session.is_given_up = false;
  preparation_ns_ = std::max(preparation_ns_, done.prepared_ns);
  Nanoseconds took = done.lanes_ns;
  if (const Held* held = find_held(session, done.chunk)) {
    if (took == 0) took = now_ - held->began;
    measure(session, *held, done);
    release(*it, done.chunk);
  }
  if (!is_wanted || judged_.contains(done.chunk)) {  // or the verdict decides
    note(Transition::Kind::kLate, done.chunk, done.session);
  } else if (const auto open = open_.find(done.chunk);
             open != open_.end() && !open->second.kept.empty()) {
    take_second(*it, done.chunk, done.print);
  } else {
    take_first(*it, done.chunk, done.print, took);
  }
  finish_if_done();
  if (!is_finished_) top_up_relieved();
}

void Plan::handle(const event::Returned& returned) {
  const auto it = sessions_.find(returned.grant.session);
  if (it == sessions_.end()) return;
  Session& session = it->second;
  const Held* held = find_held(session, returned.grant.chunk);
  if (held == nullptr || held->attempt != returned.grant.attempt) {
    if (++session.unasked_in_a_row < kUnaskedInARowMax) return;
    dismiss(session.worker,
            fmt::format("it failed {} times in a row with what it was not asked for, at last with "
                        "chunk {}: {}",
                        kUnaskedInARowMax, returned.grant.chunk, returned.reason));
    return grant_in_turn();
  }
  note(Transition::Kind::kReturned, returned.grant.chunk, returned.grant.session);
  trust_.failed(session.worker);
  release(*it, returned.grant.chunk);
  if (!open_.at(returned.grant.chunk).is_suspect())
    session.returned_in_a_row.insert(returned.grant.chunk);
  blame(returned.grant.chunk, {session.worker, session.incarnation, false, true});
  if (session.returned_in_a_row.size() >= kReturnsInARowMax)
    dismiss(session.worker,
            fmt::format("it failed with {} chunks in a row, at last with chunk {}: {}",
                        kReturnsInARowMax, returned.grant.chunk, returned.reason));
  grant_in_turn();
}

// A beat names every task that the worker has. What it does not name is lost, unless the task
// crossed the beat on its way; what stands still in a lane hangs.
void Plan::handle(const event::Beat& beat) {
  const auto it = sessions_.find(beat.session);
  if (it == sessions_.end()) return;
  Session& session = it->second;
  std::map<std::pair<ChunkId, std::uint32_t>, std::uint64_t> ticks;
  for (const event::TaskState& task : beat.tasks) ticks[{task.chunk, task.attempt}] = task.ticks;
  std::vector<ChunkId> forgotten;
  bool has_changed = false;
  for (Held& held : session.held) {
    const auto task = ticks.find({held.chunk, held.attempt});
    if (task == ticks.end()) {
      if (now_ - held.granted > kLease) forgotten.push_back(held.chunk);
      continue;
    }
    const bool has_moved = task->second == 0 || task->second != held.ticks;
    held.ticks = task->second;
    if (has_moved) held.moved = now_;
    if (has_moved && held.is_expired && held.ticks != 0) {
      revive(*it, held);
      has_changed = true;
    }
    if (!has_moved && !held.is_expired && now_ - held.moved > kLease) {
      expire(*it, held);
      has_changed = true;
    }
  }
  for (const ChunkId chunk : forgotten) {
    note(Transition::Kind::kForgotten, chunk, beat.session);
    release(*it, chunk);
  }
  if (!forgotten.empty()) {
    fall(session, false);
    judge_where_alone();
  }
  watch_strays(session, beat);
  slow_down(session);
  // With every lane stuck, what waits behind them is stuck as well.
  if (is_stuck(session)) {
    for (Held& held : session.held)
      if (!held.is_expired) expire(*it, held);
    set_chunk_ns(session, 0);
    judge_where_alone();
  }
  if (has_changed || !forgotten.empty()) grant_in_turn();
}

void Plan::handle(const event::Freed& freed) {
  MANDEL_ASSERT(freed.chunks <= unfreed_);
  unfreed_ -= freed.chunks;
  if (next_ < chunks_) grant_in_turn();
}

void Plan::handle(const event::Judged& judged) {
  if (!judged_.contains(judged.chunk)) return;
  for (const WorkerId liar : judged.liars)
    dismiss(liar, fmt::format("its counts of chunk {} were wrong", judged.chunk));
  judged_.erase(judged.chunk);
  const std::vector<Kept>& kept = open_.at(judged.chunk).kept;
  if (kept.empty()) {
    resort(judged.chunk);  // a worker that hung may be at it again
  } else {
    for (const Kept& honest : kept) trust_.agreed(honest.worker);
    accept(kept.front().worker, judged.chunk);
  }
  finish_if_done();
  if (!is_finished_) grant_in_turn();
}

void Plan::handle(const event::RestCut& rest) {
  MANDEL_ASSERT(has_rest_);
  has_rest_ = false;
  chunks_ += rest.chunks;
  window_ = rest.window;
  done_.resize(chunks_);
  if (trust_.is_on()) makers_.resize(chunks_, kNobody);
  pass_touched();
  grant_in_turn();
}

// What is past moves with the pause, but not beyond now: it may have come in the same turn.
void Plan::handle(const event::Paused& paused) {
  const auto shift = [&](Nanoseconds& time) { time = std::min(now_, time + paused.duration); };
  shift(opened_);
  shift(last_blame_);
  shift(last_result_);
  for (auto& [chunk, open] : open_) {
    unindex_backups(chunk);
    shift(open.tried);
    shift(open.blamed);
    if (open.condemned) shift(*open.condemned);
    for (Kept& kept : open.kept) {
      shift(kept.since);
      kept.until += paused.duration;
    }
  }
  for (auto& [machine, rests] : rests_) rests.shift(paused.duration);
  for (auto& [worker, standing] : standings_)
    if (standing.since) shift(*standing.since);
  for (auto& [id, session] : sessions_) {
    for (Held& held : session.held) {
      shift(held.granted);
      shift(held.began);
      shift(held.moved);
      if (held.expected_end != 0) held.expected_end += paused.duration;
    }
    if (session.granted != 0) shift(session.granted);
    shift(session.delivered);
    for (auto& [task, stray] : session.strays) shift(stray.moved);
  }
  for (const auto& [chunk, open] : open_) index_backups(chunk);
}

void Plan::handle(const event::Tick&) {
  judge_what_waits();
  grant_in_turn();
  finish_if_done();
}

void Plan::take_first(SessionRef ref, ChunkId chunk, const Fingerprint& print, Nanoseconds took) {
  auto& [id, session] = ref;
  if (!trust_.wants_audit(session.worker, chunk)) return accept(session.worker, chunk);
  // It may be a result of an earlier session, of a chunk that was never granted in this one.
  unpend(chunk);
  open_[chunk].kept.push_back(
      {session.worker, print, now_, now_ + std::max(kSecondOpinion, kSlowerAtMost * took)});
  pass_touched();
  actions_.emplace_back(action::Keep{session.worker, chunk});
  note(Transition::Kind::kKept, chunk, id);
  if (active_holders(chunk) == 0) {
    put_back(chunk);
  } else if (!has_second(chunk)) {
    judge(chunk);
  }
  judge_where_alone();
}

void Plan::take_second(SessionRef ref, ChunkId chunk, const Fingerprint& print) {
  auto& [id, session] = ref;
  Open& open = open_.at(chunk);
  const Kept first = open.kept.front();
  if (print == first.print) {
    note(Transition::Kind::kAgreed, chunk, id);
    trust_.agreed(first.worker);
    trust_.agreed(session.worker);
    return accept(first.worker, chunk);
  }
  note(Transition::Kind::kDiffered, chunk, id);
  unpend(chunk);
  cancel_holders(chunk);
  open.kept.push_back({session.worker, print, now_, now_});
  actions_.emplace_back(action::Keep{session.worker, chunk});
  judge(chunk);
}

void Plan::accept(WorkerId worker, ChunkId chunk) {
  MANDEL_ASSERT(!done_[chunk]);
  unpend(chunk);
  cancel_holders(chunk);
  acquit(chunk);
  open_.erase(chunk);
  judged_.erase(chunk);
  done_[chunk] = true;
  ++done_count_;
  ++unfreed_;
  pass_touched();
  if (!makers_.empty()) makers_[chunk] = worker;
  actions_.emplace_back(action::Accept{worker, chunk});
  note(Transition::Kind::kAccepted, chunk);
}

// Where nobody else is left to ask, a worker's counts are looked at here.
void Plan::judge_where_alone() {
  std::vector<ChunkId> alone;
  for (const auto& [worker, chunks] : unconfirmed_)
    std::ranges::copy_if(chunks, std::back_inserter(alone),
                         [&](ChunkId chunk) { return !has_second(chunk); });
  for (const ChunkId chunk : alone) {
    unpend(chunk);
    judge(chunk);
  }
}

// Who is asked for a second opinion may beat and never deliver, or be a thousand times slower. It
// is waited for once, and then looked over until it delivers something.
void Plan::judge_what_waits() {
  if (!trust_.is_on()) return;
  for (auto& [chunk, open] : open_) {
    if (open.kept.empty() || judged_.contains(chunk)) continue;
    const Kept& first = open.kept.front();
    if (now_ <= first.until) continue;
    for (auto& [id, session] : sessions_)
      session.is_overdue |= session.worker != first.worker && session.delivered <= first.since;
    unpend(chunk);
    judge(chunk);
  }
  judge_where_alone();
}

void Plan::judge(ChunkId chunk) {
  judged_.insert(chunk);
  actions_.emplace_back(action::Judge{chunk});
}

// What a worker made that can't be trusted is computed again, all of it.
void Plan::dismiss(WorkerId worker, const std::string& reason) {
  if (!dismissed_.insert(worker).second) return;
  actions_.emplace_back(action::Dismiss{worker, reason});
  std::vector<SessionId> sessions;
  for (const auto& [id, session] : sessions_)
    if (session.worker == worker) sessions.push_back(id);
  for (const SessionId id : sessions) end_session(id, false);
  unconfirmed_.erase(worker);
  for (auto& [chunk, open] : open_) {
    if (std::erase_if(open.kept, [&](const Kept& kept) { return kept.worker == worker; }) == 0)
      continue;
    if (!judged_.contains(chunk)) resort(chunk);
  }
  for (ChunkId chunk = 0; chunk < makers_.size(); ++chunk) {
    if (!done_[chunk] || makers_[chunk] != worker) continue;
    done_[chunk] = false;
    --done_count_;
    actions_.emplace_back(action::Revoke{chunk, worker});
    note(Transition::Kind::kRevoked, chunk);
    open_[chunk];
    put_back(chunk);
  }
  judge_where_alone();
}

// Chunks are set aside when there is nothing else to do: all is done, or the window waits for them.
// Until it is sure that they can't be computed, they go out again.
void Plan::finish_if_done() {
  if (is_finished_ || has_rest_ || !is_through()) return;
  // A worker that was only cut off may come back and speak for its chunk.
  if (!condemned_.empty() && now_ - last_blame_ < kLease) return;
  for (const ChunkId chunk : std::set(condemned_)) {
    if (!condemned_.contains(chunk) || !is_convicted(chunk)) continue;
    const std::size_t tries = open_.at(chunk).blames.size();
    std::string reason = fmt::format("{} times a worker failed or died with it", tries);
    for (const SessionId id : open_.at(chunk).holders) {
      Session& session = sessions_.at(id);
      session.is_given_up |= now_ - find_held(session, chunk)->granted > kKeptForOthers;
    }
    cancel_holders(chunk);
    actions_.emplace_back(action::SetAside{chunk, reason});
    note(Transition::Kind::kSetAside, chunk);
    set_aside_.emplace(chunk, std::move(reason));
    condemned_.erase(chunk);
    const std::vector<Blame> explained = std::move(open_.at(chunk).blames);
    open_.erase(chunk);
    blamed_.erase(chunk);
    for (const Blame& blame : explained) {
      if (!blame.is_death) continue;
      absolve(blame.incarnation);  // it was none of the others
      rests_.at(standings_.at(blame.worker).machine).forgiven();
    }
  }
  if (done_count_ + set_aside_.size() < chunks_) return;
  is_finished_ = true;
  actions_.emplace_back(action::Finish{});
}

void Plan::note(Transition::Kind kind, ChunkId chunk, std::optional<SessionId> session) {
  story_.add({now_, chunk, kind, session});
}

}  // namespace mandel
