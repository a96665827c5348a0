// What the plan knows of a worker: what it has, how fast it is, whether it gets on.
#include <algorithm>
#include <utility>

#include "master/plan/plan.h"

namespace mandel {

Fleet Plan::fleet(const Worker& worker) const {
  return {static_cast<std::uint32_t>(workers_.size()), has_rest_ ? UINT32_MAX : pending_for(worker),
          has_rest_ ? UINT32_MAX : chunks_ - done_count_, rate_,
          chunk_times_.empty() ? 0 : *chunk_times_.begin()};
}

std::uint32_t Plan::credit_of(const Worker& worker, const Fleet& all) const {
  if (!has_rest_) return credit(worker.capacity, worker.speed(), all);
  return std::min(config_.opening_share, std::max(1u, worker.capacity.credit_max));
}

std::size_t Plan::chunks_held() const {
  std::size_t held = 0;
  for (const auto& [id, worker] : workers_) held += worker.held.size();
  return held;
}

std::size_t Plan::chunks_held(WorkerId worker) const { return workers_.at(worker).held.size(); }

bool Plan::is_usable(const Worker& worker) const { return !worker.is_leaving && !is_stuck(worker); }

bool Plan::is_stuck(const Worker& worker) const {
  const auto expired = std::ranges::count_if(
      worker.held, [](const Held& held) { return held.is_expired && held.ticks > 0; });
  return expired + stuck_strays(worker) >= room(worker);
}

// How many chunks it may compute at once.
std::uint32_t Plan::room(const Worker& worker) const {
  return std::min(worker.capacity.lanes, std::max(1u, worker.capacity.credit_max));
}

bool Plan::is_idle(const Worker& worker) const {
  return is_usable(worker) && worker.held.size() + stuck_strays(worker) < room(worker);
}

// A lane that hangs in a task which was cancelled since is as good as gone, until it moves.
void Plan::watch_strays(Worker& worker, const event::Beat& beat) {
  auto before = std::exchange(worker.strays, {});
  for (const event::TaskState& task : beat.tasks) {
    const Held* held = find_held(worker, task.chunk);
    if (task.ticks == 0 || (held != nullptr && held->attempt == task.attempt)) continue;
    const auto known = before.find({task.chunk, task.attempt});
    const bool has_moved = known == before.end() || known->second.ticks != task.ticks;
    worker.strays[{task.chunk, task.attempt}] = {task.ticks,
                                                 has_moved ? now_ : known->second.moved};
  }
}

std::uint32_t Plan::stuck_strays(const Worker& worker) const {
  return static_cast<std::uint32_t>(std::ranges::count_if(
      worker.strays, [&](const auto& stray) { return now_ - stray.second.moved > kLease; }));
}

// From the chunk's beginning to its result, and not from result to result: where some lanes had
// nothing to do, results are rare, and the worker is not slow.
void Plan::measure(Worker& worker, const Held& held, const event::Done& done) {
  if (!is_usable(worker)) return;
  const Nanoseconds took = std::max<Nanoseconds>(1, now_ - held.began);
  set_chunk_ns(worker, smoothed(worker.chunk_ns, took));
  if (done.lanes_ns <= 0 || done.wire_ns <= 0) return;  // sent again, of an earlier session
  worker.lanes_ns = smoothed(worker.lanes_ns, done.lanes_ns);
  worker.wire_ns = worker.wire_ns == 0 ? done.wire_ns : std::min(worker.wire_ns, done.wire_ns);
}

void Plan::set_chunk_ns(Worker& worker, Nanoseconds chunk_ns) {
  rate_ -= worker.rate();
  if (worker.chunk_ns > 0) chunk_times_.erase(chunk_times_.find(worker.chunk_ns));
  worker.chunk_ns = chunk_ns;
  if (worker.chunk_ns > 0) chunk_times_.insert(worker.chunk_ns);
  rate_ += worker.rate();
}

// If a lane was at it, the first that waits behind the lanes begins.
void Plan::let_go(Worker& worker, const Held& held) {
  const std::ptrdiff_t place = &held - worker.held.data();
  const std::ptrdiff_t lanes = worker.capacity.lanes;
  if (place < lanes && lanes < std::ssize(worker.held)) worker.held[lanes].began = now_;
  worker.held.erase(worker.held.begin() + place);
}

std::uint32_t Plan::active_holders(ChunkId chunk) const {
  const auto open = open_.find(chunk);
  if (open == open_.end()) return 0;
  return static_cast<std::uint32_t>(std::ranges::count_if(open->second.holders, [&](WorkerId id) {
    return !find_held(workers_.at(id), chunk)->is_expired;
  }));
}

const Plan::Held* Plan::find_held(const Worker& worker, ChunkId chunk) const {
  const auto it = std::ranges::find(worker.held, chunk, &Held::chunk);
  return it == worker.held.end() ? nullptr : &*it;
}

}  // namespace mandel
