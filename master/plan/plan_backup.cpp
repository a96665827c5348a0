// Backups: with nothing left to begin, idle workers also get chunks that others are late with. The
// first result wins.
#include <algorithm>
#include <utility>

#include "master/plan/plan.h"

namespace mandel {
namespace {

// Looking for something to back up takes time in proportion to the crew, and so must be rarer in a
// large one.
constexpr Nanoseconds kBackUpEvery = kMillisecond / 100;  // for each of the others
constexpr std::ptrdiff_t kAskedMax = 16;                  // that are asked at a time

}  // namespace

// With nothing left to begin, the fastest of the idle back up what is late. What they find not
// worth it, slower ones don't either.
void Plan::back_up() {
  if (has_rest_ || pending_fresh() > 0 || (backable_.empty() && backed_up_.empty()) ||
      now_ < next_back_up_)
    return;
  next_back_up_ =
      now_ + kBackUpEvery * std::max<std::ptrdiff_t>(0, std::ssize(hungry_) - kAskedMax);
  std::vector<std::pair<double, SessionId>> idle;
  for (const SessionId id : hungry_)
    if (const Session& session = sessions_.at(id); is_idle(session))
      idle.emplace_back(-session.rate(), id);
  const auto few = idle.begin() + std::min<std::ptrdiff_t>(std::ssize(idle), kAskedMax);
  std::ranges::partial_sort(idle, few);
  for (auto it = idle.begin(); it != few; ++it) back_up(*sessions_.find(it->second));
}

// Gives idle lanes what is expected to end last elsewhere.
void Plan::back_up(SessionRef ref) {
  auto& [id, session] = ref;
  while (!session.is_leaving && is_idle(session) && !find_pending(session)) {
    auto chunk = best_to_back_up(ref);
    if (!chunk) chunk = best_to_back_up_again(session);
    if (!chunk) return;
    grant(ref, *chunk, true);
  }
}

// Looks at the chunk with the latest expected end and at the one that is most overdue.
std::optional<ChunkId> Plan::best_to_back_up(SessionRef ref) {
  auto& [id, session] = ref;
  std::optional<ChunkId> best;
  Nanoseconds longest = -1;
  const auto consider = [&, own_id = id](const BackableKey& key) {
    const auto& [expected_end, holder_id, chunk] = key;
    if (holder_id == own_id || !may_take(session, chunk)) return false;
    if (open_.at(chunk).is_suspect() && !session.held.empty()) return false;
    const Session& holder = sessions_.at(holder_id);
    const Held* held = find_held(holder, chunk);
    const auto before =
        std::count_if(holder.held.data(), held, [](const Held& h) { return !h.is_expired; });
    const Backable backable{before >= holder.capacity.lanes, now_ - held->granted,
                            expected_end - now_};
    if (!worth_backing_up(backable, session.chunk_ns)) return true;
    if (!backable.is_queued && backed_up_.size() >= backups_max(lanes_)) return true;
    if (const Nanoseconds left = estimated_left(backable); left > longest) {
      longest = left;
      best = chunk;
    }
    return true;
  };
  for (auto it = backable_.rbegin(); it != backable_.rend() && !consider(*it); ++it) {
  }
  for (auto it = backable_.begin(); it != backable_.end() && !consider(*it); ++it) {
  }
  return best;
}

// Both holders may be very slow: one more backup.
std::optional<ChunkId> Plan::best_to_back_up_again(const Session& session) const {
  for (const auto& [granted, chunk] : backed_up_) {
    if (!may_take(session, chunk)) continue;
    if (open_.at(chunk).is_suspect() && !session.held.empty()) continue;
    const Held* first = find_held(sessions_.at(oldest_and_newest(chunk).first), chunk);
    const bool is_worth =
        worth_another_backup(now_ - first->granted, now_ - granted) &&
        std::ranges::all_of(open_.at(chunk).holders, [&, c = chunk](SessionId id) {
          const Held* held = find_held(sessions_.at(id), c);
          return worth_backing_up({false, now_ - held->granted, held->expected_end - now_},
                                  session.chunk_ns);
        });
    return is_worth ? std::optional(chunk) : std::nullopt;
  }
  return std::nullopt;
}

std::pair<SessionId, SessionId> Plan::oldest_and_newest(ChunkId chunk) const {
  std::vector<std::pair<Nanoseconds, SessionId>> active;
  for (const SessionId id : open_.at(chunk).holders)
    if (const Held* held = find_held(sessions_.at(id), chunk); !held->is_expired)
      active.emplace_back(held->granted, id);
  const auto [oldest, newest] = std::ranges::minmax(active);
  return {oldest.second, newest.second};
}

// Only what one worker alone is at, and may yet be computed, may be backed up.
void Plan::index_backups(ChunkId chunk) {
  const auto open = open_.find(chunk);
  if (open == open_.end() || open->second.is_condemned()) return;
  const std::uint32_t active = active_holders(chunk);
  if (active >= 2) {
    const SessionId newest = oldest_and_newest(chunk).second;
    backed_up_.insert({find_held(sessions_.at(newest), chunk)->granted, chunk});
  }
  if (active != 1) return;
  for (const SessionId id : open->second.holders) {
    const Held* held = find_held(sessions_.at(id), chunk);
    if (!held->is_expired) backable_.insert({held->expected_end, id, chunk});
  }
}

void Plan::unindex_backups(ChunkId chunk) {
  const auto open = open_.find(chunk);
  if (open == open_.end()) return;
  for (const SessionId id : open->second.holders) {
    const Held* held = find_held(sessions_.at(id), chunk);
    backable_.erase({held->expected_end, id, chunk});
    backed_up_.erase({held->granted, chunk});
  }
}

}  // namespace mandel
