// See lane_pool.h. One mutex guards the queue; lanes hold it only to claim rows and to report them,
// never while computing.
#include "kernels/lane_pool.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <new>
#include <pthread.h>
#include <utility>

#include "kernels/device_error.h"

namespace mandel {
namespace {

using Clock = std::chrono::steady_clock;

// Claims are this many times smaller than a lane's share, since rows differ in cost.
constexpr double kClaimsPerLane = 2;
// How much of a lane's speed is its last claim; rows differ in cost, so one says little.
constexpr double kSpeedWeight = 0.25;

std::uint64_t ns_between(Clock::time_point from, Clock::time_point to) {
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(to - from).count());
}

}  // namespace

std::uint32_t guided_rows(std::uint64_t unclaimed_pixels, double share, std::size_t columns,
                          std::uint64_t pixels_min) {
  // A lone lane has nobody to balance with, and small claims are dear to the kernels' tiles.
  const double claims = share < 1 ? kClaimsPerLane : 1;
  const auto part =
      static_cast<std::uint64_t>(static_cast<double>(unclaimed_pixels) * share / claims);
  const std::uint64_t pixels = std::max(pixels_min, part);
  const std::uint64_t rows = (pixels + columns - 1) / columns;
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(rows, 1, UINT32_MAX));
}

// A task on its way through the lanes. Guarded by the pool's mutex, but for the counts themselves,
// where each lane writes its own rows.
struct LanePool::Work {
  LaneTask task;
  LaneResult result;
  std::uint32_t rows_claimed = 0;
  std::uint32_t rows_done = 0;
  std::stop_source stop;
  std::uint64_t ticks = 0;  // one for each claim, and those of claims that have ended
  Clock::time_point submitted = Clock::now();

  std::size_t columns() const { return task.axes->xs.size(); }
  // The lane's part, which begins now if it has none yet.
  LanePart& part_of(std::size_t lane, Clock::time_point began) {
    for (LanePart& part : result.parts)
      if (part.lane == lane) return part;
    return result.parts.emplace_back(LanePart{lane, ns_between(submitted, began), 0, 0});
  }
};

struct LanePool::Claim {
  std::shared_ptr<Work> work;
  std::uint32_t first_row = 0;  // within the task
  std::uint32_t rows = 0;
};

LanePool::LanePool(std::span<const Lane> lanes, std::function<void(LaneResult)> on_result)
    : on_result_(std::move(on_result)),
      seats_(lanes.size()),
      lanes_(lanes.begin(), lanes.end()),
      lanes_left_(lanes.size()) {
  for (const Lane& lane : lanes) {
    exact_.can_do.push_back(lane.backend != nullptr);
    deep_.can_do.push_back(lane.deep != nullptr);
  }
  for (Queue* queue : {&exact_, &deep_}) queue->pixels_per_ns.resize(lanes.size());
  try {
    for (std::size_t k = 0; k < lanes.size(); ++k)
      threads_.emplace_back([this, k, lane = lanes[k]] { work(k, lane); });
  } catch (...) {
    close({});  // else those that have begun would never be joined
    throw;
  }
}

LanePool::~LanePool() {
  close({});
  threads_.clear();  // joins, while the members that lanes use are still there
}

bool LanePool::close(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  closing_ = true;
  for (Queue* queue : {&exact_, &deep_}) queue->tasks.clear();
  for (const auto& work : running_) work->stop.request_stop();
  wake_.notify_all();
  return lane_ended_.wait_for(lock, patience, [this] { return lanes_left_ == 0; });
}

void LanePool::submit(LaneTask task) {
  auto work = std::make_shared<Work>();
  work->task = std::move(task);
  work->result.id = work->task.id;
  work->result.cookie = std::move(work->task.cookie);
  work->result.count = std::size_t{work->task.rows} * work->columns();
  if (work->task.out == nullptr) try {
      // Not initialised: pages become real as the lanes write them.
      work->result.counts = std::make_unique_for_overwrite<std::uint32_t[]>(work->result.count);
      work->task.out = work->result.counts.get();
    } catch (const std::bad_alloc&) {
      work->result.failure =
          "not enough memory for a chunk of " + std::to_string(work->result.count) + " pixels";
    }
  {
    const std::lock_guard lock(mutex_);
    Queue& queue = queue_of(work->task);
    queue.pixels += std::uint64_t{work->task.rows} * work->columns();
    queue.tasks.push_back(std::move(work));
  }
  // All lanes, not one: a big chunk is for everybody.
  wake_.notify_all();
}

std::optional<LaneResult> LanePool::compute_here(const LaneTask& task,
                                                 std::chrono::nanoseconds most) {
  const auto lane = std::ranges::find_if(lanes_, [](const Lane& one) {
    return one.backend != nullptr && one.backend->devices == nullptr;
  });
  if (task.deep != nullptr || lane == lanes_.end()) return std::nullopt;
  LaneResult result;
  result.id = task.id;
  result.cookie = task.cookie;
  result.count = std::size_t{task.rows} * task.axes->xs.size();
  const auto began = Clock::now();
  try {
    if (here_ == nullptr) here_ = lane->make();
    if (task.out == nullptr)
      result.counts = std::make_unique_for_overwrite<std::uint32_t[]>(result.count);
    const std::span out(task.out != nullptr ? task.out : result.counts.get(), result.count);
    result.stats = compute(here_.get(), task, 0, out, StopPoll(began + most));
  } catch (const std::exception&) {
    return std::nullopt;  // a lane will find it, too, and tell
  }
  if (result.stats.stopped) return std::nullopt;
  result.computed_ns = ns_between(began, Clock::now());
  result.last_lane = static_cast<std::size_t>(lane - lanes_.begin());
  result.parts.push_back({result.last_lane, 0, result.computed_ns, 0});
  return result;
}

void LanePool::cancel(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  for (const auto* works : {&exact_.tasks, &deep_.tasks})
    for (const auto& work : *works)
      if (work->task.id == id) work->stop.request_stop();
  for (const auto& work : running_)
    if (work->task.id == id) work->stop.request_stop();
}

std::size_t LanePool::withdraw(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  std::size_t withdrawn = 0;
  for (Queue* queue : {&exact_, &deep_})
    withdrawn += std::erase_if(queue->tasks, [&](const std::shared_ptr<Work>& work) {
      if (work->task.id != id || work->rows_claimed > 0) return false;
      queue->pixels -= std::uint64_t{work->task.rows} * work->columns();
      return true;
    });
  return withdrawn;
}

std::unordered_map<std::uint64_t, std::uint64_t> LanePool::ticks() {
  std::unordered_map<std::uint64_t, std::uint64_t> ticks;
  const std::lock_guard lock(mutex_);
  for (const auto* works : {&exact_.tasks, &deep_.tasks})
    for (const auto& work : *works) ticks[work->task.id] = work->ticks;
  for (const auto& work : running_) ticks[work->task.id] = work->ticks;
  for (const Seat& seat : seats_)
    if (seat.work != nullptr)
      ticks[seat.work->task.id] += seat.ticks.load(std::memory_order_relaxed);
  return ticks;
}

std::size_t LanePool::busy() {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(
      std::ranges::count_if(seats_, [](const Seat& seat) { return seat.work != nullptr; }));
}

void LanePool::work(std::size_t index, const Lane& lane) {
  pthread_setname_np(pthread_self(), ("lane " + std::to_string(index)).c_str());  // for top -H
  // On this thread, since a GPU's engine belongs to the one that made it.
  const std::unique_ptr<Kernel> kernel = lane.make();
  for (;;) {
    Claim claim;
    {
      std::unique_lock lock(mutex_);
      Queue* queue = nullptr;
      wake_.wait(lock, [&] {
        queue = next_queue_locked(index);
        return closing_ || queue != nullptr;
      });
      if (closing_) {
        --lanes_left_;
        lane_ended_.notify_all();
        return;
      }
      claim = claim_locked(index, *queue);
    }
    run(index, kernel.get(), claim);
  }
}

// Where the oldest task waits that the lane can do; null: nowhere.
LanePool::Queue* LanePool::next_queue_locked(std::size_t lane) {
  Queue* next = nullptr;
  for (Queue* queue : {&exact_, &deep_}) {
    if (!queue->can_do[lane] || queue->tasks.empty()) continue;
    if (next == nullptr || queue->tasks.front()->submitted < next->tasks.front()->submitted)
      next = queue;
  }
  return next;
}

// Takes rows of the oldest task, all that are left of it if it was stopped or has failed.
LanePool::Claim LanePool::claim_locked(std::size_t lane, Queue& queue) {
  const std::shared_ptr<Work> work = queue.tasks.front();
  const std::uint64_t pixels_min = work->task.deep != nullptr ? 1 : kClaimPixelsMin;
  const std::uint32_t left = work->task.rows - work->rows_claimed;
  const bool has_ended = work->stop.stop_requested() || !work->result.failure.empty();
  const std::uint32_t rows = has_ended
                                 ? left
                                 : std::min(left, guided_rows(queue.pixels, queue.share_of(lane),
                                                              work->columns(), pixels_min));
  Claim claim{work, work->rows_claimed, rows};
  if (work->rows_claimed == 0) {
    work->result.waited_ns = ns_between(work->submitted, Clock::now());
    running_.push_back(work);
  }
  work->rows_claimed += rows;
  queue.pixels -= std::uint64_t{rows} * work->columns();
  ++work->ticks;
  seats_[lane].work = work;
  if (rows == left) queue.tasks.pop_front();
  return claim;
}

// The lane's part of the speed of all that do this kind. One that has not shown its speed yet
// counts as the slowest known, so that a slow lane never starts with a claim that keeps everybody
// waiting.
double LanePool::Queue::share_of(std::size_t lane) const {
  double slowest = 0;
  for (const double speed : pixels_per_ns)
    if (speed > 0 && (slowest == 0 || speed < slowest)) slowest = speed;
  const auto speed_of = [&](std::size_t one) {
    return pixels_per_ns[one] > 0 ? pixels_per_ns[one] : slowest > 0 ? slowest : 1.0;
  };
  double all = 0;
  for (std::size_t one = 0; one < can_do.size(); ++one) all += can_do[one] ? speed_of(one) : 0;
  return speed_of(lane) / all;
}

KernelStats LanePool::compute(Kernel* kernel, const LaneTask& task, std::uint32_t skipped,
                              std::span<std::uint32_t> out, StopPoll stop) {
  const std::uint32_t first_row = task.first_row + skipped;
  const auto rows = static_cast<std::uint32_t>(out.size() / task.axes->xs.size());
  if (task.deep != nullptr) return task.deep->run(first_row, rows, out, std::move(stop));
  if (kernel == nullptr) throw DeviceError("the lane's device is gone");
  const auto ys = std::span(task.axes->ys).subspan(first_row, rows);
  return kernel->run(task.axes->xs, ys, task.max_iter, out, std::move(stop));
}

// Computes the claimed rows; whoever completes the task reports it.
void LanePool::run(std::size_t lane, Kernel* kernel, const Claim& claim) {
  Work& work = *claim.work;
  const auto began = Clock::now();
  KernelStats stats;
  std::string failure;
  std::exception_ptr thrown;
  if (work.stop.stop_requested() || work.task.out == nullptr) {
    stats.stopped = true;
  } else {
    try {
      const std::size_t columns = work.columns();
      const std::span out(work.task.out + claim.first_row * columns, claim.rows * columns);
      stats = compute(kernel, work.task, claim.first_row, out,
                      {work.stop.get_token(), &seats_[lane].ticks});
    } catch (const std::exception& error) {
      failure = error.what();
      thrown = std::current_exception();
    }
  }
  const std::uint64_t elapsed_ns = ns_between(began, Clock::now());
  const std::uint64_t prepared_ns = std::min(stats.preparation_ns, elapsed_ns);
  const std::uint64_t computed_ns = elapsed_ns - prepared_ns;
  {
    const std::lock_guard lock(mutex_);
    work.result.stats += stats;
    work.result.computed_ns += computed_ns;
    LanePart& part = work.part_of(lane, began);
    part.prepared_ns += prepared_ns;
    part.computed_ns += computed_ns;
    work.ticks += seats_[lane].ticks.exchange(0);
    seats_[lane].work.reset();
    if (!stats.stopped && failure.empty()) {
      const double speed = static_cast<double>(claim.rows * work.columns()) /
                           static_cast<double>(std::max<std::uint64_t>(computed_ns, 1));
      double& known = queue_of(work.task).pixels_per_ns[lane];
      known = known == 0 ? speed : (1 - kSpeedWeight) * known + kSpeedWeight * speed;
    }
    if (!failure.empty()) {
      work.result.failure = std::move(failure);
      work.result.thrown = std::move(thrown);
    }
    work.rows_done += claim.rows;
    if (work.rows_done < work.task.rows || closing_) return;
    std::erase(running_, claim.work);
  }
  work.result.last_lane = lane;
  finish(work);
}

// The task has left the queues, so this lane is the only one that knows it.
void LanePool::finish(Work& work) {
  if (work.result.stats.stopped || !work.result.failure.empty()) work.result.counts.reset();
  on_result_(std::move(work.result));
}

}  // namespace mandel
