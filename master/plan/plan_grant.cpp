// Who gets what next. Chunks are granted few at a time, as results come. If each worker got its
// share at the beginning, the fast ones would soon be idle while the slow ones are busy. How many,
// policy.h says; the events are in plan.cpp.
#include <algorithm>
#include <utility>

#include "common/base/error.h"
#include "master/plan/plan.h"

namespace mandel {

// One chunk each to the hungry in turn, so that a few chunks spread over all workers.
void Plan::grant_in_turn() {
  std::size_t declined = 0;
  while (has_pending() && declined < hungry_.size()) {
    auto next = hungry_.lower_bound(next_served_);
    if (next == hungry_.end()) next = hungry_.begin();
    const SessionId id = *next;
    next_served_ = id + 1;
    auto& ref = *sessions_.find(id);
    declined = grant_next(ref) ? 0 : declined + 1;
  }
  back_up();
}

void Plan::top_up(SessionRef ref) {
  while (grant_next(ref)) {
  }
}

void Plan::top_up_relieved() {
  for (const SessionId id : std::exchange(relieved_, {}))
    if (const auto it = sessions_.find(id); it != sessions_.end()) top_up(*it);
  back_up();
}

// Grants one chunk if the worker should have one. It stays hungry as long as it has credit.
bool Plan::grant_next(SessionRef ref) {
  auto& [id, session] = ref;
  if (!is_usable(session)) return false;
  const bool is_alone = std::ranges::any_of(session.held, [&](const Held& held) {
    return !held.is_expired && open_.at(held.chunk).is_suspect();
  });
  if (is_alone) return false;
  if (!session.held.empty() && rests_.at(session.machine).is_on_trial(session.incarnation))
    return false;
  const Fleet all = fleet(session);
  if (all.pending > 0 && session.held.size() >= credit_of(session, all)) {
    if (session.held.size() >= credit(session.capacity, {}, {1, UINT32_MAX, 0, 0, 0}))
      hungry_.erase(id);
    return false;
  }
  auto chunk = find_pending(session);
  if (!chunk) chunk = find_suspect(session);
  if (!chunk) return false;
  // What came back goes to anybody: perhaps nobody else may have it.
  const bool is_fresh = *chunk == next_;
  if (is_fresh && !worth_starting(next_chunk_ns(session), session.rate(), all)) return false;
  if (!condemned_.contains(*chunk)) unpend(*chunk);  // such a one stays, whoever tries it
  grant(ref, *chunk, false);
  return true;
}

void Plan::grant(SessionRef ref, ChunkId chunk, bool is_backup) {
  auto& [id, session] = ref;
  MANDEL_ASSERT(!done_[chunk]);
  unindex_backups(chunk);
  if (has_rest_ && open_.empty() && done_count_ == 0) opened_ = now_;
  Open& open = open_[chunk];
  open.tried = now_;
  pass_touched();
  const double turns =
      std::max(1.0, static_cast<double>(session.held.size() + 1) / session.capacity.lanes);
  const Nanoseconds expected_end =
      session.chunk_ns > 0
          ? now_ + static_cast<Nanoseconds>(static_cast<double>(session.chunk_ns) * turns)
          : 0;
  session.granted = now_;
  session.held.push_back({chunk, ++open.attempts, now_, now_, now_, expected_end, 0, false});
  open.holders.push_back(id);
  backups_ += is_backup;
  index_backups(chunk);
  actions_.emplace_back(action::Send{{id, chunk, open.attempts}});
  note(is_backup ? Transition::Kind::kBackedUp : Transition::Kind::kGranted, chunk, id);
}

// What came back goes first, then what waits for a second opinion, and only then fresh chunks: both
// occupy memory until they are done.
std::optional<ChunkId> Plan::find_pending(const Session& session) const {
  const auto takes = [&](ChunkId chunk) { return may_take(session, chunk); };
  if (const auto it = std::ranges::find_if(returned_, takes); it != returned_.end()) return *it;
  for (const auto& [worker, chunks] : unconfirmed_) {
    if (worker == session.worker) continue;
    if (const auto it = std::ranges::find_if(chunks, takes); it != chunks.end()) return *it;
  }
  return pending_fresh() > 0 ? std::optional(next_) : std::nullopt;
}

// A chunk that was running where processes died goes to an idle worker: the next death is then this
// chunk's fault and no other's.
std::optional<ChunkId> Plan::find_suspect(const Session& session) const {
  if (!session.held.empty()) return std::nullopt;
  const auto takes = [&](ChunkId chunk) { return may_take(session, chunk); };
  if (const auto it = std::ranges::find_if(suspects_, takes); it != suspects_.end()) return *it;
  if (!has_trials()) return std::nullopt;
  // The one that was left alone for longest: one that kills must not stand before all others.
  std::vector<std::pair<Nanoseconds, ChunkId>> trials;
  for (const ChunkId chunk : condemned_)
    if (takes(chunk)) trials.emplace_back(open_.at(chunk).tried, chunk);
  std::ranges::sort(trials);
  const auto it = std::ranges::find_if(
      trials, [&](const auto& trial) { return may_try_again(session, trial.second); });
  return it == trials.end() ? std::nullopt : std::optional(it->second);
}

// Not twice in one session, nor at the worker that it is to confirm; and not where it failed or
// killed before, as long as there is somebody who has not tried, and does not yet.
bool Plan::may_take(const Session& session, ChunkId chunk) const {
  const auto it = open_.find(chunk);
  if (it == open_.end()) return true;
  const Open& open = it->second;
  const auto may = [&](const Session& w) {
    return find_held(w, chunk) == nullptr &&
           std::ranges::find(open.kept, w.worker, &Kept::worker) == open.kept.end();
  };
  const auto has_tried = [&](const Session& w) {
    return std::ranges::find(open.blames, w.worker, &Blame::worker) != open.blames.end();
  };
  if (!may(session)) return false;
  if (!has_tried(session) || now_ - open.tried > kKeptForOthers) return true;
  const bool is_tried = std::ranges::any_of(open.holders, [&](SessionId id) {
    const Session& holder = sessions_.at(id);
    return !has_tried(holder) && !find_held(holder, chunk)->is_expired;
  });
  return is_tried || std::ranges::none_of(sessions_, [&](const auto& other) {
           return is_usable(other.second) && may(other.second) && !has_tried(other.second);
         });
}

// Is there a worker that is at it, or may be, and of which it can be hoped that it delivers?
bool Plan::has_second(ChunkId chunk) const {
  return std::ranges::any_of(sessions_, [&](const auto& entry) {
    const Session& session = entry.second;
    if (session.is_overdue || session.is_given_up) return false;
    const Held* held = find_held(session, chunk);
    return held != nullptr ? !held->is_expired : is_usable(session) && may_take(session, chunk);
  });
}

std::uint32_t Plan::pending_for(const Session& session) const {
  std::size_t pending = returned_.size() + pending_fresh();
  for (const auto& [worker, chunks] : unconfirmed_)
    if (worker != session.worker) pending += chunks.size();
  return static_cast<std::uint32_t>(pending);
}

bool Plan::has_pending() const {
  return pending_fresh() > 0 || !returned_.empty() || !unconfirmed_.empty() || !suspects_.empty() ||
         has_trials();
}

std::size_t Plan::window_used() const { return open_.size() - condemned_.size() + unfreed_; }

std::uint32_t Plan::pending_fresh() const {
  const std::size_t used = window_used();
  if (used >= window_) return 0;
  return static_cast<std::uint32_t>(std::min<std::size_t>(chunks_ - next_, window_ - used));
}

// A worker that has shown what it can has nothing left; or, if the opening takes long, since
// somebody hangs or is slow, any worker.
bool Plan::waits_for_rest() const {
  if (!has_rest_ || is_through()) return has_rest_;
  const bool is_late = now_ - opened_ > kLease;
  return std::ranges::any_of(sessions_, [&](const auto& entry) {
    const Session& session = entry.second;
    return is_usable(session) && (session.chunk_ns > 0 || is_late) &&
           std::ranges::all_of(session.held, &Held::is_expired) && !find_pending(session);
  });
}

// All that can be done is; what is condemned may be set aside.
bool Plan::is_through() const { return open_.size() <= condemned_.size() && pending_fresh() == 0; }

void Plan::pass_touched() {
  while (next_ < chunks_ && (!is_missing(next_) || open_.contains(next_))) ++next_;
}

bool Plan::is_missing(ChunkId chunk) const { return !done_[chunk] && !set_aside_.contains(chunk); }

}  // namespace mandel
