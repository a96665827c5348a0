// What the plan knows of a worker: what it has, how fast it is, whether it gets on. How fast is
// measured by the results that come. A figure that the worker gave at its start would not know of
// the network, nor of the other masters that it serves.
#include <algorithm>
#include <utility>

#include "master/plan/plan.h"

namespace mandel {
namespace {

// Neighbouring chunks can differ tenfold: while they are short, that is no news.
constexpr Nanoseconds kLate = 2 * kSecond;

}  // namespace

Fleet Plan::fleet(const Session& session) const {
  return {static_cast<std::uint32_t>(sessions_.size()),
          has_rest_ ? UINT32_MAX : pending_for(session),
          has_rest_ ? UINT32_MAX : chunks_ - done_count_, rate_,
          chunk_times_.empty() ? 0 : *chunk_times_.begin()};
}

std::uint32_t Plan::credit_of(const Session& session, const Fleet& all) const {
  if (!has_rest_) return credit(session.capacity, session.speed(), all);
  return std::min(config_.opening_share, std::max(1u, session.capacity.credit_max));
}

std::size_t Plan::chunks_held() const {
  std::size_t held = 0;
  for (const auto& [id, session] : sessions_) held += session.held.size();
  return held;
}

std::size_t Plan::chunks_held(SessionId id) const {
  const auto session = sessions_.find(id);
  return session == sessions_.end() ? 0 : session->second.held.size();
}

std::optional<Lateness> Plan::latest(SessionId id) const {
  std::optional<Lateness> latest;
  const auto session = sessions_.find(id);
  if (session == sessions_.end()) return latest;
  for (const Held& held : session->second.held) {
    if (held.is_expired || held.expected_end <= held.began) continue;
    if (now_ - held.expected_end < kLate) continue;
    const double times = static_cast<double>(now_ - held.began) /
                         static_cast<double>(held.expected_end - held.began);
    if (!latest || times > latest->times) latest = {held.chunk, times};
  }
  return latest;
}

bool Plan::is_usable(const Session& session) const {
  return !session.is_leaving && !is_stuck(session) && !is_resting(session);
}

bool Plan::is_stuck(const Session& session) const {
  const auto expired = std::ranges::count_if(
      session.held, [](const Held& held) { return held.is_expired && held.ticks > 0; });
  return expired + stuck_strays(session) >= room(session);
}

// When its beats last told of a lane that got on, with a chunk that it holds or that was taken from
// it; 0: never.
Nanoseconds Plan::last_moved(const Session& session) {
  Nanoseconds moved = 0;
  for (const Held& held : session.held)
    if (held.ticks > 0) moved = std::max(moved, held.moved);
  for (const auto& [task, stray] : session.strays) moved = std::max(moved, stray.moved);
  return moved;
}

bool Plan::is_computing(const Session& session) const {
  const Nanoseconds moved = last_moved(session);
  return moved > 0 && now_ - moved <= kLease;
}

// How many chunks it may compute at once.
std::uint32_t Plan::room(const Session& session) const {
  return std::min(session.capacity.lanes, std::max(1u, session.capacity.credit_max));
}

bool Plan::is_idle(const Session& session) const {
  return is_usable(session) && session.held.size() + stuck_strays(session) < room(session);
}

// A lane that hangs in a task which was cancelled since is as good as gone, until it moves.
void Plan::watch_strays(Session& session, const event::Beat& beat) {
  auto before = std::exchange(session.strays, {});
  for (const event::TaskState& task : beat.tasks) {
    const Held* held = find_held(session, task.chunk);
    if (task.ticks == 0 || (held != nullptr && held->attempt == task.attempt)) continue;
    const auto known = before.find({task.chunk, task.attempt});
    const bool has_moved = known == before.end() || known->second.ticks != task.ticks;
    session.strays[{task.chunk, task.attempt}] = {task.ticks,
                                                  has_moved ? now_ : known->second.moved};
  }
}

std::uint32_t Plan::stuck_strays(const Session& session) const {
  return static_cast<std::uint32_t>(std::ranges::count_if(
      session.strays, [&](const auto& stray) { return now_ - stray.second.moved > kLease; }));
}

// From the chunk's beginning to its result, and not from result to result: where some lanes had
// nothing to do, results are rare, and the worker is not slow.
void Plan::measure(Session& session, const Held& held, const event::Done& done) {
  if (!is_usable(session)) return;
  const Nanoseconds took = std::max<Nanoseconds>(1, now_ - held.began - done.prepared_ns);
  set_chunk_ns(session, smoothed(session.chunk_ns, took));
  if (done.lanes_ns <= 0 || done.wire_ns <= 0) return;  // sent again, of an earlier session
  session.lanes_ns = smoothed(session.lanes_ns, done.lanes_ns);
  session.wire_ns = session.wire_ns == 0 ? done.wire_ns : std::min(session.wire_ns, done.wire_ns);
}

// One that shows nothing for much longer than it takes for a chunk is no longer so fast. Others
// would leave it chunks that it never begins.
void Plan::slow_down(Session& session) {
  if (session.chunk_ns == 0 || session.held.empty()) return;
  const Nanoseconds took = now_ - std::max(session.delivered, session.held.front().began);
  if (took > kSlowerAtMost * session.chunk_ns) set_chunk_ns(session, took);
}

void Plan::set_chunk_ns(Session& session, Nanoseconds chunk_ns) {
  rate_ -= session.rate();
  if (session.chunk_ns > 0) chunk_times_.erase(chunk_times_.find(session.chunk_ns));
  session.chunk_ns = chunk_ns;
  if (session.chunk_ns > 0) chunk_times_.insert(session.chunk_ns);
  rate_ += session.rate();
}

// If a lane was at it, the first that waits behind the lanes begins.
void Plan::let_go(Session& session, const Held& held) {
  const std::ptrdiff_t place = &held - session.held.data();
  const std::ptrdiff_t lanes = session.capacity.lanes;
  if (place < lanes && lanes < std::ssize(session.held)) session.held[lanes].began = now_;
  session.held.erase(session.held.begin() + place);
}

std::uint32_t Plan::active_holders(ChunkId chunk) const {
  const auto open = open_.find(chunk);
  if (open == open_.end()) return 0;
  return static_cast<std::uint32_t>(std::ranges::count_if(open->second.holders, [&](SessionId id) {
    return !find_held(sessions_.at(id), chunk)->is_expired;
  }));
}

const Plan::Held* Plan::find_held(const Session& session, ChunkId chunk) const {
  const auto it = std::ranges::find(session.held, chunk, &Held::chunk);
  return it == session.held.end() ? nullptr : &*it;
}

}  // namespace mandel
