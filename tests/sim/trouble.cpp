// See trouble.h.
#include "tests/sim/trouble.h"

#include <algorithm>

namespace mandel::sim {

void Trouble::begin() {
  if (scenario_.fault_every > 0) strike_again();
  timeline_.at(scenario_.faults_end, [this] { make_peace(); });
}

void Trouble::strike_again() {
  const auto wait = random_.uniform(0, 2 * static_cast<double>(scenario_.fault_every));
  timeline_.in(static_cast<Nanoseconds>(wait), [this] {
    if (is_over_) return;
    strike();
    strike_again();
  });
}

Nanoseconds Trouble::some(Nanoseconds low, Nanoseconds high) {
  return static_cast<Nanoseconds>(
      random_.log_uniform(static_cast<double>(low), static_cast<double>(high)));
}

// The first worker has its share of trouble, but always recovers from it. Accidents never kill
// three workers with one chunk, nor, beside machines that die again and again, the only one that is
// sound: to any master that would look as if it was the chunk's fault.
void Trouble::strike() {
  const WorkerId worker_id = random_.below(static_cast<std::uint32_t>(fleet_.size()));
  SimWorker& worker = *fleet_[worker_id];
  const bool recovers = worker_id == 0 || random_.chance(0.6);
  const Nanoseconds until = timeline_.now() + some(kSecond / 5, 12 * kSecond);
  const std::uint32_t lane = random_.below(worker.spec().capacity.lanes);
  switch (random_.below(9)) {
    case 0:
      if (!may_have_accident(worker_id)) return;
      return worker.crash(recovers ? some(kSecond / 10, 5 * kSecond) : SimWorker::kNever,
                          random_.chance(0.5));
    case 1:
      return worker.hang(lane, recovers ? some(kSecond, 10 * kSecond) : SimWorker::kNever);
    case 2:
      for (std::uint32_t n = 0; n < worker.spec().capacity.lanes; ++n)
        worker.hang(n, recovers ? some(kSecond, 10 * kSecond) : SimWorker::kNever);
      return;
    case 3:
      worker.link().block(Way::kToWorker, until);
      worker.link().block(Way::kToMaster, until);
      return;
    case 4:
      return worker.link().block(Way::kToMaster, until);
    case 5:
      return worker.link().block(Way::kToWorker, until);
    case 6:
      return swizzle();
    case 7:
      if (random_.chance(0.3)) hands_.pause(some(kSecond, 8 * kSecond));
      return;
    default:
      if (worker_id != 0 && random_.chance(0.5)) worker.leave();
  }
}

bool Trouble::may_have_accident(WorkerId worker) {
  if (worker == 0 && scenario_.has_crash_loop()) return false;
  if (!hands_.referee().knows(fleet_[worker]->incarnation()) && hands_.has_accident_prone())
    return false;
  const std::set<ChunkId> chunks = hands_.referee().at_stake(fleet_[worker]->incarnation());
  if (std::ranges::any_of(chunks, [&](ChunkId chunk) {
        return accidents_[chunk] >= 2 || hands_.is_accident_prone(chunk);
      }))
    return false;
  for (const ChunkId chunk : chunks) ++accidents_[chunk];
  return true;
}

// Several links stop and start again, in no order.
void Trouble::swizzle() {
  for (const auto& worker : fleet_) {
    if (random_.chance(0.5)) continue;
    timeline_.in(some(kMillisecond, 2 * kSecond), [this, link = &worker->link()] {
      if (is_over_) return;
      const Nanoseconds until = timeline_.now() + some(kSecond / 10, 5 * kSecond);
      link->block(Way::kToWorker, until);
      link->block(Way::kToMaster, until);
    });
  }
}

void Trouble::make_peace() {
  is_over_ = true;
  for (const auto& worker : fleet_) {
    worker->link().heal();
    worker->stop_misbehaving();
  }
}

}  // namespace mandel::sim
