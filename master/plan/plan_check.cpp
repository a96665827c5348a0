// Does the plan keep the promises that plan.h makes of its members? Each index is held against the
// chunks and sessions that it is an index of: all that belongs in it is there, and no more is. The
// code that keeps them in step is not used for that, since one mistake would then hide itself.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <utility>

#include "master/plan/plan.h"

namespace mandel {
namespace {

// Counting what is done takes time in proportion to the job: in a large one, now and then will do.
constexpr std::uint32_t kManyChunks = 256;
constexpr std::uint32_t kLookEvery = 16;  // chunks done

}  // namespace

// What the indices should add up to.
struct Plan::Tally {
  std::size_t holders = 0;
  std::size_t pending = 0;
  std::size_t backable = 0;
  std::size_t backed_up = 0;
  std::size_t blamed = 0;
};

struct Plan::Active {
  std::size_t holders = 0;
  Nanoseconds newest = INT64_MIN;  // of their grants
  BackableKey key;                 // of one of them
};

std::string Plan::check() const {
  Tally tally;
  for (const auto& [chunk, open] : open_)
    if (std::string what = wrong_with(chunk, open, tally); !what.empty())
      return told({chunk, std::move(what)});
  for (const auto look : {&Plan::wrong_with_indices, &Plan::wrong_with_holders})
    if (const std::optional<Wrong> wrong = (this->*look)(tally)) return told(*wrong);
  for (const auto look :
       {&Plan::wrong_with_sessions, &Plan::wrong_with_machines, &Plan::wrong_with_counts})
    if (const std::optional<Wrong> wrong = (this->*look)()) return told(*wrong);
  return {};
}

// With the story of the chunk concerned.
std::string Plan::told(const Wrong& wrong) const {
  if (!wrong.chunk) return wrong.what;
  std::string text = fmt::format("chunk {} {}", *wrong.chunk, wrong.what);
  for (const Transition& transition : story_.of(*wrong.chunk)) {
    text += fmt::format("\n{:14.6f} s  {}", seconds(transition.at), in_words(transition.kind));
    if (transition.session) text += fmt::format(" session {}", *transition.session);
  }
  return text;
}

std::string Plan::wrong_with(ChunkId chunk, const Open& open, Tally& tally) const {
  if (chunk >= chunks_ || done_[chunk]) return "is open, and done";
  Active active;
  if (std::string what = wrong_with(chunk, open.holders, active); !what.empty()) return what;
  tally.holders += open.holders.size();

  const std::set<ChunkId>* home = home_of(chunk, open, active);
  if (home != nullptr && !home->contains(chunk)) return "is not pending where it belongs";
  tally.pending += home != nullptr;

  const bool is_backable = active.holders == 1 && !open.is_condemned();
  const bool is_backed_up = active.holders > 1 && !open.is_condemned();
  if (is_backable && !backable_.contains(active.key))
    return "has one active holder, and can't be backed up";
  if (is_backed_up && !backed_up_.contains({active.newest, chunk}))
    return "has several active holders, and does not count as backed up";
  if (std::string what = wrong_with_times(chunk, open); !what.empty()) return what;
  tally.backable += is_backable;
  tally.backed_up += is_backed_up;

  if (open.blames.empty() && open.kept.empty()) return {};
  if (!open.blames.empty() && !blamed_.contains(chunk)) return "has blames, and is not blamed";
  tally.blamed += !open.blames.empty();
  return wrong_with(open.blames, open.kept);
}

std::string Plan::wrong_with(ChunkId chunk, const std::vector<SessionId>& holders,
                             Active& active) const {
  for (const SessionId id : holders) {
    const auto session = sessions_.find(id);
    const Held* held = session == sessions_.end() ? nullptr : find_held(session->second, chunk);
    if (held == nullptr) return fmt::format("is not held in session {}, as it should", id);
    if (std::ranges::count(holders, id) > 1) return fmt::format("names session {} twice", id);
    if (held->is_expired) continue;
    ++active.holders;
    active.newest = std::max(active.newest, held->granted);
    active.key = {held->expected_end, id, chunk};
  }
  return {};
}

std::string Plan::wrong_with(const std::vector<Blame>& blames,
                             const std::vector<Kept>& kept) const {
  for (auto blame = blames.begin(); blame != blames.end(); ++blame) {
    if (!standings_.contains(blame->worker))
      return fmt::format("is blamed on worker {}, of whom nothing is known", blame->worker);
    if (blame->is_death && std::any_of(blames.begin(), blame, [&](const Blame& before) {
          return before.is_death && before.incarnation == blame->incarnation;
        }))
      return "is blamed for one death twice";
  }
  for (const Kept& counts : kept)
    if (dismissed_.contains(counts.worker) ||
        std::ranges::count(kept, counts.worker, &Kept::worker) > 1)
      return fmt::format("has counts of worker {} that should not be there", counts.worker);
  return {};
}

// Nothing has happened in the future, and what is "last" is so.
std::string Plan::wrong_with_times(ChunkId chunk, const Open& open) const {
  if (open.tried > now_ || open.blamed > open.tried) return "was tried or blamed in the future";
  if (!open.blames.empty() && open.blamed > last_blame_)
    return "was blamed after the last of all blames";
  if (open.condemned.has_value() != (open.blames.size() >= kBlamesMax))
    return fmt::format("has {} blames, and that is not known to be too many or not",
                       open.blames.size());
  if (open.condemned > open.blamed) return "was blamed too often after it was blamed last";
  for (const SessionId id : open.holders) {
    const Held& held = *find_held(sessions_.at(id), chunk);
    if (held.granted > open.tried) return fmt::format("was granted to session {} unnoticed", id);
    if (std::max(held.began, held.moved) > now_)
      return fmt::format("gets on in session {} in the future", id);
  }
  for (const Kept& kept : open.kept)
    if (kept.since > now_ || kept.until < kept.since)
      return fmt::format("waits for a second opinion on worker {} since the future", kept.worker);
  // One that waits has some time. (With two, it is the master that is asked.)
  if (!open.kept.empty() && !judged_.contains(chunk) &&
      open.kept.front().until < open.kept.front().since + kSecondOpinion)
    return "has no time for a second opinion";
  return {};
}

// The set that the open chunk must be in, and in no other; null: in none.
const std::set<ChunkId>* Plan::home_of(ChunkId chunk, const Open& open,
                                       const Active& active) const {
  if (judged_.contains(chunk)) return &judged_;
  if (open.is_condemned() && open.kept.empty()) return &condemned_;
  if (active.holders > 0) return nullptr;
  if (open.is_suspect()) return &suspects_;
  if (open.kept.empty()) return &returned_;
  const auto unconfirmed = unconfirmed_.find(open.kept.front().worker);
  return unconfirmed == unconfirmed_.end() ? &returned_ : &unconfirmed->second;
}

// All that belongs in them is there, so that only numbers need to be compared.
std::optional<Plan::Wrong> Plan::wrong_with_indices(const Tally& tally) const {
  std::size_t pending = returned_.size() + suspects_.size() + condemned_.size() + judged_.size();
  for (const auto& [worker, chunks] : unconfirmed_) {
    if (chunks.empty()) return Wrong{{}, fmt::format("worker {} has an empty set", worker)};
    pending += chunks.size();
  }
  if (pending != tally.pending) return stray();
  if (backable_.size() != tally.backable)
    return Wrong{
        {},
        fmt::format("{} chunks may be backed up instead of {}", backable_.size(), tally.backable)};
  if (backed_up_.size() != tally.backed_up)
    return Wrong{{},
                 fmt::format("{} chunks count as backed up instead of {}", backed_up_.size(),
                             tally.backed_up)};
  if (blamed_.size() != tally.blamed)
    return Wrong{{},
                 fmt::format("{} chunks are blamed instead of {}", blamed_.size(), tally.blamed)};
  return std::nullopt;
}

// The first that is pending where it does not belong.
Plan::Wrong Plan::stray() const {
  std::vector<const std::set<ChunkId>*> sets = {&returned_, &suspects_, &condemned_, &judged_};
  for (const auto& [worker, chunks] : unconfirmed_) sets.push_back(&chunks);
  for (const std::set<ChunkId>* set : sets)
    for (const ChunkId chunk : *set) {
      const auto open = open_.find(chunk);
      if (open == open_.end()) return {chunk, "is pending, and not open"};
      Active active;
      wrong_with(chunk, open->second.holders, active);
      if (home_of(chunk, open->second, active) != set)
        return {chunk, fmt::format("is pending, with active holders: {}", active.holders)};
    }
  return {{}, "a chunk is pending twice"};
}

// The other way round: each that a session has knows of it.
std::optional<Plan::Wrong> Plan::wrong_with_holders(const Tally& tally) const {
  if (chunks_held() == tally.holders) return std::nullopt;
  for (const auto& [id, session] : sessions_)
    for (const Held& held : session.held)
      if (const auto open = open_.find(held.chunk);
          open == open_.end() || std::ranges::count(open->second.holders, id) == 0)
        return Wrong{held.chunk, fmt::format("does not know that session {} has it", id)};
  return Wrong{{}, "a session has a chunk twice"};
}

// What is added up over all sessions, and who may be offered more.
std::optional<Plan::Wrong> Plan::wrong_with_sessions() const {
  std::uint32_t lanes = 0;
  double rate = 0;
  std::size_t hungry = 0;
  std::vector<Nanoseconds> times;
  for (const auto& [id, session] : sessions_) {
    lanes += session.capacity.lanes;
    rate += session.rate();
    if (session.chunk_ns > 0) times.push_back(session.chunk_ns);
    const bool is_hungry = hungry_.contains(id);
    hungry += is_hungry;
    if (session.is_leaving && (is_hungry || session.chunk_ns > 0))
      return Wrong{{}, fmt::format("session {} leaves, and is still counted on", id)};
    if (session.is_leaving || is_hungry) continue;
    const std::uint32_t least = credit(session.capacity, {}, {1, UINT32_MAX, 0, 0, 0});
    if (session.held.size() < least)
      return Wrong{{},
                   fmt::format("session {} has {} chunks, may have {}, and is not hungry", id,
                               session.held.size(), least)};
  }
  std::ranges::sort(times);
  if (hungry != hungry_.size()) return Wrong{{}, "a session is hungry that is over"};
  if (lanes != lanes_) return Wrong{{}, fmt::format("{} lanes instead of {}", lanes_, lanes)};
  if (!std::ranges::equal(times, chunk_times_)) return Wrong{{}, "times that are no session's"};
  // Kept by adding and taking away, and so not to the last bit.
  if (std::abs(rate - rate_) > 1e-6 * rate + 1e-12)
    return Wrong{{}, fmt::format("a rate of {} instead of {}", rate_, rate)};
  return std::nullopt;
}

// What is remembered of each worker and its machine.
std::optional<Plan::Wrong> Plan::wrong_with_machines() const {
  for (const auto& [id, session] : sessions_) {
    const auto standing = standings_.find(session.worker);
    if (standing == standings_.end() || !rests_.contains(session.machine) ||
        standing->second.machine != session.machine)
      return Wrong{{}, fmt::format("nothing is known of the worker of session {}", id)};
    if (session.delivered > now_)
      return Wrong{{}, fmt::format("session {} has delivered in the future", id)};
  }
  if (last_blame_ > now_ || last_result_ > now_) return Wrong{{}, "the last was in the future"};
  for (const auto& [machine, rests] : rests_)
    if (std::string what = rests.wrong(now_); !what.empty())
      return Wrong{{}, fmt::format("machine {} {}", machine, what)};
  for (const auto& [worker, standing] : standings_)
    if (standing.since > now_)
      return Wrong{{}, fmt::format("worker {} was lost in the future", worker)};
  for (const auto& [worker, standing] : standings_)
    if (standing.since && std::ranges::any_of(sessions_, [&](const auto& entry) {
          return entry.second.worker == worker;
        }))
      return Wrong{{}, fmt::format("worker {} is there, and counts as absent", worker)};
  return std::nullopt;
}

std::optional<Plan::Wrong> Plan::wrong_with_counts() const {
  if (done_.size() != chunks_ || makers_.size() != (trust_.is_on() ? chunks_ : 0))
    return Wrong{{}, "a table of another number of chunks"};
  for (const auto& [chunk, reason] : set_aside_)
    if (done_[chunk] || open_.contains(chunk)) return Wrong{chunk, "is set aside, and not only so"};
  if (next_ < chunks_ && (!is_missing(next_) || open_.contains(next_)))
    return Wrong{next_, "is next, and was touched before"};
  if (is_finished_ && done_count_ + set_aside_.size() != chunks_)
    return Wrong{{}, "finished, with chunks missing"};
  if (chunks_ > kManyChunks && done_count_ % kLookEvery != 0) return std::nullopt;
  const auto next = done_.begin() + next_;
  const auto before = std::count(done_.begin(), next, true);
  if (before + std::count(next, done_.end(), true) != done_count_)
    return Wrong{{}, fmt::format("{} chunks done, and that is wrong", done_count_)};
  if (before + std::distance(open_.begin(), open_.lower_bound(next_)) +
          std::distance(set_aside_.begin(), set_aside_.lower_bound(next_)) !=
      next_)
    return Wrong{{}, fmt::format("a chunk before {} was passed over", next_)};
  return std::nullopt;
}

}  // namespace mandel
