// What becomes of chunks whose holder is gone, hangs or failed: back to the pending ones, or under
// suspicion.
#include <algorithm>
#include <utility>

#include "common/base/error.h"
#include "master/plan/plan.h"

namespace mandel {

// Takes the chunk from the worker; if nobody else is at it, it is pending again.
void Plan::release(SessionRef ref, ChunkId chunk) {
  auto& [id, session] = ref;
  unindex_backups(chunk);
  const auto held = std::ranges::find(session.held, chunk, &Held::chunk);
  MANDEL_ASSERT(held != session.held.end());
  const bool was_active = !held->is_expired;
  let_go(session, *held);
  if (!session.is_leaving) hungry_.insert(id);
  relieved_.push_back(id);
  std::erase(open_.at(chunk).holders, id);
  if (was_active && active_holders(chunk) == 0) put_back(chunk);
  index_backups(chunk);
}

// The worker keeps the chunk, and loses the credit for it: what hangs occupies a lane.
void Plan::expire(SessionRef ref, Held& held) {
  unindex_backups(held.chunk);
  held.is_expired = true;
  note(Transition::Kind::kExpired, held.chunk, ref.first);
  if (active_holders(held.chunk) == 0) put_back(held.chunk);
  index_backups(held.chunk);
}

void Plan::revive(SessionRef ref, Held& held) {
  unindex_backups(held.chunk);
  if (!open_.at(held.chunk).is_condemned()) unpend(held.chunk);
  held.is_expired = false;
  if (!ref.second.is_leaving) hungry_.insert(ref.first);
  index_backups(held.chunk);
}

// Sorts an open chunk that nobody is at into the pending set that it belongs to.
void Plan::put_back(ChunkId chunk) {
  const Open& open = open_.at(chunk);
  if (done_[chunk] || judged_.contains(chunk)) return;
  if (open.is_suspect() && !open.kept.empty()) {
    judge(chunk);  // rather than let it kill again for a second opinion
  } else if (open.is_condemned()) {
    condemned_.insert(chunk);
  } else if (open.is_suspect()) {
    suspects_.insert(chunk);
  } else if (!open.kept.empty() && !has_second(chunk)) {
    judge(chunk);
  } else if (!open.kept.empty()) {
    unconfirmed_[open.kept.front().worker].insert(chunk);
  } else {
    returned_.insert(chunk);
  }
}

// As its blames have changed. Whoever is at a condemned chunk is not waited for.
void Plan::resort(ChunkId chunk) {
  unindex_backups(chunk);
  unpend(chunk);
  if (active_holders(chunk) == 0 || open_.at(chunk).is_condemned()) put_back(chunk);
  index_backups(chunk);
}

void Plan::unpend(ChunkId chunk) {
  returned_.erase(chunk);
  suspects_.erase(chunk);
  condemned_.erase(chunk);
  const auto open = open_.find(chunk);
  if (open == open_.end()) return;
  for (const Kept& kept : open->second.kept)
    if (const auto it = unconfirmed_.find(kept.worker); it != unconfirmed_.end())
      if (it->second.erase(chunk) > 0 && it->second.empty()) unconfirmed_.erase(it);
}

void Plan::cancel_holders(ChunkId chunk) {
  unindex_backups(chunk);
  const auto open = open_.find(chunk);
  if (open == open_.end()) return;
  for (const SessionId id : std::exchange(open->second.holders, {})) {
    Session& session = sessions_.at(id);
    const auto held = std::ranges::find(session.held, chunk, &Held::chunk);
    actions_.emplace_back(action::Cancel{{id, chunk, held->attempt}});
    note(Transition::Kind::kCancelled, chunk, id);
    if (held->is_expired && held->ticks > 0)
      session.strays[{chunk, held->attempt}] = {held->ticks, held->moved};
    let_go(session, *held);
    if (!session.is_leaving) hungry_.insert(id);
    relieved_.push_back(id);
  }
}

// With blame, all that the process had is suspected of having killed it: which of it the lanes were
// at is not known, since the last results may have died with it. Who had one chunk only is proof.
void Plan::end_session(SessionId id, bool is_to_blame) {
  auto& ref = *sessions_.find(id);
  Session& session = ref.second;
  session.is_leaving = true;  // it takes nothing any more
  const bool is_certain = session.held.size() == 1;
  while (!session.held.empty()) {
    const ChunkId chunk = session.held.front().chunk;
    note(Transition::Kind::kLost, chunk, id);
    release(ref, chunk);
    if (is_to_blame) blame(chunk, {session.worker, session.incarnation, true, is_certain});
  }
  last_chunk_ns_[session.worker] = session.chunk_ns;
  set_chunk_ns(session, 0);
  lanes_ -= session.capacity.lanes;
  hungry_.erase(id);
  sessions_.erase(id);
}

}  // namespace mandel
