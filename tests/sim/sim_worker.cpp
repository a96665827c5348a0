// See sim_worker.h.
#include "tests/sim/sim_worker.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "tests/sim/counts.h"

namespace mandel::sim {

SimWorker::SimWorker(Timeline& timeline, Random& random, const Scenario& scenario, WorkerId worker,
                     MasterEnd& master)
    : timeline_(timeline),
      random_(random),
      scenario_(scenario),
      spec_(scenario.workers[worker]),
      worker_(worker),
      master_(master),
      link_(timeline, random, spec_.link) {
  timeline_.at(spec_.joins, [this] { boot(); });
}

void SimWorker::boot() {
  is_alive_ = true;
  incarnation_ = random_.next();
  lanes_.assign(spec_.capacity.lanes, {});
  for (Lane& lane : lanes_) lane.run = random_.next();  // not to be taken for one before the crash
  const auto phase = random_.below(static_cast<std::uint32_t>(scenario_.beat_every));
  timeline_.in(phase, [this, incarnation = incarnation_] {
    if (incarnation == incarnation_) beat();
  });
  if (spec_.dials_in) knock();
  if (spec_.life == 0) return;
  const auto life = random_.uniform(0.5, 1.5) * static_cast<double>(spec_.life);
  timeline_.in(static_cast<Nanoseconds>(life), [this, incarnation = incarnation_] {
    if (incarnation == incarnation_) crash(spec_.gap, random_.chance(0.5));
  });
}

void SimWorker::knock() {
  if (is_leaving_) return;
  link_.send_surely(Way::kToMaster, [this, incarnation = incarnation_] {
    master_.hear_join(worker_, incarnation);
  });
  timeline_.in(kKnock, [this, incarnation = incarnation_] {
    if (incarnation == incarnation_) knock();
  });
}

void SimWorker::hear_hello(SessionId session) {
  if (!is_alive_ || is_leaving_ || session <= newest_) return;
  session_ = newest_ = session;
  queue_.clear();
  hoard_.clear();
  if (!spec_.computes_on)
    for (Lane& lane : lanes_)
      if (!lane.is_hung && std::exchange(lane.is_busy, false)) ++lane.run;
  link_.send_surely(Way::kToMaster, [this, session, incarnation = incarnation_] {
    master_.hear_welcome(worker_, session, incarnation);
  });
  for (auto& [chunk, result] : unacknowledged_) send_result(chunk);
}

void SimWorker::hear_task(SessionId session, ChunkId chunk, std::uint32_t attempt) {
  if (!is_alive_ || session != session_ || is_leaving_) return;
  if (spec_.hoard == Hoard::kIgnores) return;
  if (spec_.hoard != Hoard::kNone) return hoard_.push_back({chunk, attempt});
  if (unacknowledged_.contains(chunk)) return send_result(chunk);
  if (Lane* lane = find_running(chunk)) {
    lane->task.attempt = attempt;
    lane->is_cancelled = false;
    return;
  }
  if (const auto it = std::ranges::find(queue_, chunk, &Task::chunk); it != queue_.end()) {
    it->attempt = attempt;
    return;
  }
  queue_.push_back({chunk, attempt});
  start_lanes();
}

void SimWorker::hear_cancel(SessionId session, ChunkId chunk, std::uint32_t attempt) {
  if (!is_alive_ || session != session_) return;
  const auto is_it = [&](const Task& t) { return t.chunk == chunk && t.attempt == attempt; };
  std::erase_if(queue_, is_it);
  std::erase_if(hoard_, is_it);
  Lane* lane = find_running(chunk);
  if (lane == nullptr || lane->task.attempt != attempt) return;
  if (lane->is_hung) {
    lane->is_cancelled = true;
  } else {
    lane->is_busy = false;
    ++lane->run;
    start_lanes();
  }
  say_goodbye_when_done();
}

void SimWorker::hear_acknowledge(SessionId session, ChunkId chunk) {
  if (!is_alive_ || session != session_) return;
  unacknowledged_.erase(chunk);
  start_lanes();
  say_goodbye_when_done();
}

void SimWorker::crash(Nanoseconds reboot, bool is_noticed) {
  if (!is_alive_) return;
  is_alive_ = false;
  incarnation_ = 0;
  queue_.clear();
  hoard_.clear();
  unacknowledged_.clear();
  lanes_.clear();
  is_coming_back_ = reboot != kNever && !is_leaving_;
  if (is_noticed)
    link_.send_surely(Way::kToMaster,
                      [this, session = session_] { master_.hear_broken(worker_, session); });
  session_ = kNoSession;
  if (is_coming_back_) timeline_.in(reboot, [this] { boot(); });
}

void SimWorker::hang(std::uint32_t n, Nanoseconds duration) {
  if (!is_alive_ || n >= lanes_.size() || lanes_[n].is_hung) return;
  Lane& lane = lanes_[n];
  if (lane.is_busy) bring_up_to_date(lane);
  lane.is_hung = true;
  ++lane.run;
  lane.is_hung_for_good = duration == kNever;
  if (duration == kNever) return;
  timeline_.in(duration, [this, n, incarnation = incarnation_] {
    if (incarnation != incarnation_) return;
    Lane& woken = lanes_[n];
    woken.is_hung = false;
    if (std::exchange(woken.is_cancelled, false)) woken.is_busy = false;
    if (woken.is_busy) let_run(n);
    start_lanes();
    say_goodbye_when_done();
  });
}

void SimWorker::leave() {
  if (!is_alive_ || is_leaving_) return;
  is_leaving_ = true;
  is_coming_back_ = false;
  link_.send(Way::kToMaster,
             [this, session = session_] { master_.hear_leaving(worker_, session); });
  say_goodbye_when_done();
}

std::uint32_t SimWorker::live_lanes() const {
  if (spec_.is_bad()) return 0;
  if (!is_alive_ && !is_coming_back_) return 0;
  if (!is_alive_) return spec_.capacity.lanes;
  return static_cast<std::uint32_t>(
      std::ranges::count_if(lanes_, [](const Lane& lane) { return !lane.is_hung_for_good; }));
}

// First come, first served. With too many results that nobody acknowledged, nothing begins.
void SimWorker::start_lanes() {
  for (std::uint32_t n = 0; n < lanes_.size(); ++n) {
    if (queue_.empty() || unacknowledged_.size() > spec_.unacknowledged_max) return;
    if (lanes_[n].is_busy) continue;
    const Task task = queue_.front();
    queue_.pop_front();
    begin(n, task);
    if (!is_alive_) return;
  }
}

Nanoseconds SimWorker::lane_time(ChunkId chunk) const {
  const double slower = std::min(std::pow(spec_.slows, finished_), 1e6);
  return static_cast<Nanoseconds>(slower * static_cast<double>(scenario_.costs[chunk]) /
                                  spec_.speed);
}

void SimWorker::begin(std::uint32_t n, Task task) {
  if (scenario_.curses[task.chunk] == Curse::kKills)
    return crash(random_.below(3000) * kMillisecond, random_.chance(0.5));
  Lane& lane = lanes_[n];
  lane.is_busy = true;
  lane.task = task;
  lane.left = lane_time(task.chunk);
  lane.since = timeline_.now();
  lane.ticks = 1;
  ++lane.run;
  if (!lane.is_hung) let_run(n);
}

void SimWorker::let_run(std::uint32_t n) {
  Lane& lane = lanes_[n];
  lane.since = timeline_.now();
  const bool fails = scenario_.curses[lane.task.chunk] == Curse::kFails ||
                     (!is_well_behaved_ && spec_.returns > 0 && random_.chance(spec_.returns) &&
                      !master_.is_accident_prone(lane.task.chunk));
  timeline_.in(lane.left, [this, n, fails, run = ++lane.run] {
    if (!is_alive_ || lanes_[n].run != run) return;
    fails ? fail(n) : finish(n);
  });
}

void SimWorker::bring_up_to_date(Lane& lane) {
  const Nanoseconds ran = lane.is_hung ? 0 : timeline_.now() - lane.since;
  lane.left -= ran;
  lane.ticks += static_cast<std::uint64_t>(ran / kTick);
  lane.since = timeline_.now();
}

void SimWorker::finish(std::uint32_t n) {
  const ChunkId chunk = lanes_[n].task.chunk;
  lanes_[n].is_busy = false;
  ++finished_;
  const bool is_lie = spec_.lies > 0 && random_.chance(spec_.lies);
  unacknowledged_[chunk] = {is_lie ? false_counts(chunk, worker_) : honest_counts(chunk),
                            lane_time(chunk), 0};
  send_result(chunk);
  start_lanes();
}

void SimWorker::fail(std::uint32_t n) {
  const Task task = lanes_[n].task;
  lanes_[n].is_busy = false;
  link_.send(Way::kToMaster, [this, task, session = session_] {
    master_.hear_failure(worker_, session, task.chunk, task.attempt);
  });
  start_lanes();
  say_goodbye_when_done();
}

void SimWorker::send_result(ChunkId chunk) {
  Result& result = unacknowledged_.at(chunk);
  result.sent = timeline_.now();
  link_.send(Way::kToMaster, [this, chunk, result, session = session_] {
    master_.hear_result(worker_, session, chunk, result.print, result.lanes_ns);
  });
}

void SimWorker::beat() {
  std::vector<event::TaskState> tasks;
  for (Lane& lane : lanes_) {
    if (!lane.is_busy) continue;
    const Nanoseconds ran = lane.is_hung ? 0 : timeline_.now() - lane.since;
    tasks.push_back(
        {lane.task.chunk, lane.task.attempt, lane.ticks + static_cast<std::uint64_t>(ran / kTick)});
  }
  for (const Task& task : queue_) tasks.push_back({task.chunk, task.attempt, 0});
  if (spec_.hoard == Hoard::kGetsOn) hoard_ticks_ += 10;
  for (const Task& task : hoard_) tasks.push_back({task.chunk, task.attempt, hoard_ticks_});
  if (session_ != kNoSession)
    link_.send(Way::kToMaster, [this, session = session_, tasks = std::move(tasks)] {
      master_.hear_beat(worker_, session, tasks);
    });
  for (auto& [chunk, result] : unacknowledged_)
    if (timeline_.now() - result.sent > kResend) send_result(chunk);
  timeline_.in(scenario_.beat_every, [this, incarnation = incarnation_] {
    if (incarnation == incarnation_) beat();
  });
}

void SimWorker::say_goodbye_when_done() {
  if (!is_alive_ || !is_leaving_ || !queue_.empty() || !unacknowledged_.empty()) return;
  if (std::ranges::any_of(lanes_, &Lane::is_busy)) return;
  link_.send_surely(Way::kToMaster,
                    [this, session = session_] { master_.hear_goodbye(worker_, session); });
  crash(kNever, false);
}

SimWorker::Lane* SimWorker::find_running(ChunkId chunk) {
  const auto it = std::ranges::find_if(
      lanes_, [&](const Lane& lane) { return lane.is_busy && lane.task.chunk == chunk; });
  return it == lanes_.end() ? nullptr : &*it;
}

}  // namespace mandel::sim
