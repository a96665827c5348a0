// Backups: with nothing left to begin, idle workers also get chunks that others are late with. The
// first result wins.
#include <algorithm>
#include <iterator>
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
// worth it, slower ones don't either. Of those whose speed is unknown, each has its turn: who was
// asked before, and delivered nothing, is slow.
void Plan::back_up() {
  if (has_rest_ || pending_fresh() > 0 || (backable_.empty() && backed_up_.empty()) ||
      now_ < next_back_up_)
    return;
  next_back_up_ =
      now_ + kBackUpEvery * std::max<std::ptrdiff_t>(0, std::ssize(hungry_) - kAskedMax);
  std::vector<std::tuple<double, Nanoseconds, SessionId>> idle;
  for (const SessionId id : hungry_)
    if (const Session& session = sessions_.at(id); is_idle(session))
      idle.emplace_back(-session.rate(), session.granted, id);
  const auto few = idle.begin() + std::min<std::ptrdiff_t>(std::ssize(idle), kAskedMax);
  std::ranges::partial_sort(idle, few);
  for (auto it = idle.begin(); it != few; ++it) back_up(*sessions_.find(std::get<SessionId>(*it)));
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
    if (!worth_backing_up(backable, next_chunk_ns(session))) return true;
    if (!backable.is_queued && new_backups() >= backups_max(lanes_)) return true;
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

// Under way, but for those that have taken long themselves: with a chunk that nobody ends, they
// would keep all others from being backed up.
std::size_t Plan::new_backups() const {
  const auto first = backed_up_.lower_bound({now_ - kKeptForOthers, 0});
  return static_cast<std::size_t>(std::distance(first, backed_up_.end()));
}

// Both holders may be very slow: one more backup. Of a holder of unknown speed that has just begun
// nothing can be expected, so it is taken to need as long again as the first has had.
std::optional<ChunkId> Plan::best_to_back_up_again(const Session& session) const {
  for (const auto& [granted, chunk] : backed_up_) {
    if (!may_take(session, chunk) || !is_time_for_another(chunk)) continue;
    const Open& open = open_.at(chunk);
    if (open.is_suspect() && !session.held.empty()) continue;
    const Held* first = find_held(sessions_.at(oldest_and_newest(chunk).first), chunk);
    const bool is_worth = std::ranges::all_of(open.holders, [&, c = chunk](SessionId id) {
      const Nanoseconds left = find_held(sessions_.at(id), c)->expected_end - now_;
      return worth_backing_up({false, now_ - first->granted, left}, next_chunk_ns(session));
    });
    if (is_worth) return chunk;
  }
  return std::nullopt;
}

bool Plan::is_time_for_another(ChunkId chunk) const {
  const auto [oldest, newest] = oldest_and_newest(chunk);
  return worth_another_backup(now_ - find_held(sessions_.at(oldest), chunk)->granted,
                              now_ - find_held(sessions_.at(newest), chunk)->granted);
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
