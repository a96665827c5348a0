// See plan.h.
#include "master/plan.h"

#include <algorithm>
#include <fmt/format.h>
#include <ranges>
#include <utility>

#include "common/error.h"

namespace mandel {

Plan::Plan(std::uint32_t chunks, std::uint32_t window)
    : chunks_(chunks), window_(std::max(1u, window)), done_(chunks, false) {}

std::vector<Action> Plan::on(const Event& event) {
  actions_.clear();
  std::visit([this](const auto& e) { handle(e); }, event);
  return std::exchange(actions_, {});
}

bool Plan::wants(const Grant& grant) const {
  const auto worker = workers_.find(grant.worker);
  return worker != workers_.end() && worker->second.held.contains(grant);
}

void Plan::handle(const event::Joined& joined) {
  const auto [it, is_new] = workers_.emplace(joined.worker, Worker{joined.capacity, {}, 0, false});
  MANDEL_ASSERT(is_new);
  deal();
}

void Plan::handle(const event::Leaving& leaving) {
  if (const auto it = workers_.find(leaving.worker); it != workers_.end())
    it->second.is_leaving = true;
}

void Plan::handle(const event::Lost& lost) {
  const auto it = workers_.find(lost.worker);
  if (it == workers_.end()) return;
  const std::set<Grant> held = it->second.held;
  for (const Grant& grant : held) release(grant);
  workers_.erase(it);
  deal();
}

void Plan::handle(const event::Done& done) {
  if (!wants(done.grant)) return;  // a copy was faster, and the cancel crossed this on the way
  const ChunkId chunk = done.grant.chunk;
  workers_.at(done.grant.worker).returns_in_a_row = 0;
  const std::vector<Grant> holders = open_.at(chunk).holders;
  for (const Grant& holder : holders) {
    release(holder);
    if (holder != done.grant) actions_.push_back(action::Cancel{holder});
  }
  returned_.erase(chunk);
  open_.erase(chunk);
  done_[chunk] = true;
  ++done_count_;
  actions_.push_back(action::Accept{done.grant});
  if (is_finished()) {
    actions_.push_back(action::Finish{});
    return;
  }
  // In mid-job everybody else is full, so only those who just got a slot are looked at.
  for (const Grant& holder : holders) top_up(holder.worker, workers_.at(holder.worker));
}

void Plan::handle(const event::Returned& returned) {
  if (!wants(returned.grant)) return;
  const auto [id, chunk, attempt] = returned.grant;
  release(returned.grant);
  if (++open_.at(chunk).returns >= kReturnsOfChunkMax) {
    actions_.push_back(action::Abandon{fmt::format("chunk {} failed {} times, the last time: {}",
                                                   chunk, kReturnsOfChunkMax, returned.reason)});
    return;
  }
  if (++workers_.at(id).returns_in_a_row >= kReturnsInARowMax) {
    actions_.push_back(action::Dismiss{id, returned.reason});
    handle(event::Lost{id});
    return;
  }
  deal();
}

void Plan::handle(const event::Written& written) {
  MANDEL_ASSERT(written.chunks <= chunks_);
  written_ = std::max(written_, written.chunks);
  deal();
}

// Fills everybody, one chunk each in turn, so that a few chunks spread over all workers.
void Plan::deal() {
  for (bool progress = true; progress && pending() > 0;) {
    progress = false;
    const auto workers = static_cast<std::uint32_t>(workers_.size());
    for (auto& [id, worker] : workers_) {
      if (pending() == 0) break;
      if (worker.is_leaving || worker.held.size() >= credit(worker.capacity, pending(), workers))
        continue;
      grant(id, worker, take_pending());
      progress = true;
    }
  }
  for (auto& [id, worker] : workers_) back_up(id, worker);
}

void Plan::top_up(WorkerId id, Worker& worker) {
  if (worker.is_leaving) return;
  const auto workers = static_cast<std::uint32_t>(workers_.size());
  while (pending() > 0 && worker.held.size() < credit(worker.capacity, pending(), workers))
    grant(id, worker, take_pending());
  back_up(id, worker);
}

// Gives idle lanes copies of chunks that wait in the longest queue elsewhere. First result wins.
void Plan::back_up(WorkerId id, Worker& worker) {
  while (pending() == 0 && !worker.is_leaving && worker.held.size() < worker.capacity.lanes) {
    const Grant* queued = deepest_queued(id);
    if (queued == nullptr) return;
    grant(id, worker, queued->chunk);
  }
}

// The last chunk in the longest queue, if some queue has one worth a backup on worker `except`.
const Grant* Plan::deepest_queued(WorkerId except) const {
  const Grant* deepest = nullptr;
  std::uint32_t longest = 0;
  for (const auto& [id, worker] : workers_) {
    const auto held = static_cast<std::uint32_t>(worker.held.size());
    if (id == except || held <= worker.capacity.lanes + longest) continue;
    // The highest chunks are, but for those that came back, what was granted and will start last.
    const std::uint32_t queue = held - worker.capacity.lanes;
    for (const Grant& queued : worker.held | std::views::reverse | std::views::take(queue)) {
      const auto copies = static_cast<std::uint32_t>(open_.at(queued.chunk).holders.size());
      if (!worth_backup(held, worker.capacity.lanes, copies)) continue;
      longest = queue;
      deepest = &queued;
      break;
    }
  }
  return deepest;
}

std::uint32_t Plan::pending() const {
  const std::uint64_t end = std::min<std::uint64_t>(chunks_, std::uint64_t{written_} + window_);
  const std::uint64_t fresh = end > next_ ? end - next_ : 0;
  return static_cast<std::uint32_t>(fresh + returned_.size());
}

ChunkId Plan::take_pending() {
  MANDEL_ASSERT(pending() > 0);
  if (returned_.empty()) return next_++;
  return returned_.extract(returned_.begin()).value();
}

void Plan::grant(WorkerId id, Worker& worker, ChunkId chunk) {
  MANDEL_ASSERT(!done_[chunk]);
  Chunk& open = open_[chunk];
  const Grant grant{id, chunk, ++open.attempts};
  open.holders.push_back(grant);
  worker.held.insert(grant);
  actions_.push_back(action::Send{grant});
}

// Takes the chunk from the worker; if nobody else has it, it is pending again.
void Plan::release(const Grant& grant) {
  MANDEL_ASSERT(workers_.at(grant.worker).held.erase(grant) == 1);
  Chunk& open = open_.at(grant.chunk);
  std::erase(open.holders, grant);
  if (open.holders.empty()) returned_.insert(grant.chunk);
}

}  // namespace mandel
