// See lane_time.h.
#include "master/stats/lane_time.h"

#include <algorithm>
#include <utility>

#include "common/base/error.h"

namespace mandel {
namespace {

// Spans of a lane that wait for an earlier one: of a chunk that other lanes are at still.
constexpr std::size_t kWaitingMax = 32;
// Cancelled tasks whose results may come all the same.
constexpr std::size_t kCancelledMax = 1024;

Nanoseconds at_most(std::uint64_t ns, Nanoseconds most) {
  return static_cast<Nanoseconds>(
      std::min(ns, static_cast<std::uint64_t>(std::max<Nanoseconds>(0, most))));
}

}  // namespace

void LaneTime::joined(WorkerId worker, std::uint32_t lanes, Nanoseconds at) {
  Worker& joined = workers_[worker];
  for (Lane& lane : joined.lanes) add(lane, at, &TimeSplit::away_ns);
  while (joined.lanes.size() < lanes)
    joined.lanes.push_back(
        {.worker = worker, .number = static_cast<std::uint32_t>(joined.lanes.size())});
  joined.connected = lanes;
  joined.offset = {};
}

void LaneTime::lost(WorkerId worker, Nanoseconds at) {
  Worker& lost = workers_[worker];
  for (Lane& lane : lost.lanes) {
    add_waiting(lane);
    add(lane, at, &TimeSplit::away_ns);
  }
  lost.connected = 0;
  lost.out.clear();
  for (auto& [chunk, sent] : sent_)
    std::erase_if(sent, [&](const Sent& one) { return one.worker == worker; });
  std::erase_if(sent_, [](const auto& chunk) { return chunk.second.empty(); });
}

void LaneTime::sent(WorkerId worker, ChunkId chunk, Nanoseconds at) {
  std::vector<Sent>& sent = sent_[chunk];
  const bool is_backup =
      std::ranges::any_of(sent, [&](const Sent& s) { return s.worker != worker; });
  std::erase_if(sent, [&](const Sent& s) { return s.worker == worker; });
  sent.push_back({worker, at});
  if (!is_backup) last_sent_ = at;
  workers_[worker].out[chunk] = at;
}

void LaneTime::cancelled(WorkerId worker, ChunkId chunk) {
  cancelled_.emplace_back(worker, chunk);
  workers_[worker].out.erase(chunk);
  if (cancelled_.size() <= kCancelledMax) return;
  const auto [oldest, of] = cancelled_.front();
  cancelled_.pop_front();
  take_sent(oldest, of, 0);
}

void LaneTime::pass(Nanoseconds at) {
  for (Worker& worker : workers_)
    for (std::size_t number = worker.connected; number < worker.lanes.size(); ++number)
      add(worker.lanes[number], at, &TimeSplit::away_ns);
}

// When the chunk was sent there; it is forgotten.
Nanoseconds LaneTime::take_sent(WorkerId worker, ChunkId chunk, Nanoseconds otherwise) {
  const auto found = sent_.find(chunk);
  if (found == sent_.end()) return otherwise;
  const auto one = std::ranges::find(found->second, worker, &Sent::worker);
  if (one == found->second.end()) return otherwise;
  const Nanoseconds at = one->at;
  found->second.erase(one);
  if (found->second.empty()) sent_.erase(found);
  return at;
}

ChunkTimes LaneTime::arrived(const Arrival& arrival, const ClaimedTimes& claimed) {
  Worker& worker = workers_[arrival.worker];
  ChunkTimes times;
  times.chunk = arrival.chunk;
  times.worker = arrival.worker;
  times.first_row = arrival.band.first_row;
  times.rows = arrival.band.rows;
  times.received = arrival.received;
  times.decoded = arrival.decoded;
  times.verified = arrival.verified;
  times.bytes = arrival.bytes;
  times.iterations = claimed.iterations;
  times.is_accepted = arrival.is_accepted;
  // A result that nobody here asked for was on its way already: an earlier session's.
  times.sent = take_sent(arrival.worker, arrival.chunk, arrival.received);
  times.residence_ns = at_most(claimed.residence_ns, times.received - times.sent);
  times.waited_ns = at_most(claimed.waited_ns, times.residence_ns);

  const Nanoseconds their_arrival = at_most(claimed.arrived_ns, INT64_MAX / 4);
  worker.offset.learn(times.sent, times.received, their_arrival,
                      their_arrival + times.residence_ns);
  const Nanoseconds arrived = std::clamp(worker.offset.at_master(their_arrival), times.sent,
                                         times.received - times.residence_ns);
  for (const ClaimedTimes::Span& said : claimed.spans) {
    if (said.lane >= worker.lanes.size()) continue;
    const Nanoseconds began = at_most(said.began_ns, times.residence_ns);
    const Nanoseconds prepared_ns = at_most(said.prepared_ns, times.residence_ns - began);
    const Nanoseconds computed_ns =
        at_most(said.computed_ns, times.residence_ns - began - prepared_ns);
    const Nanoseconds encoded_ns =
        said.lane == claimed.encoding_lane
            ? at_most(claimed.encoded_ns, times.residence_ns - began - prepared_ns - computed_ns)
            : 0;
    times.spans.push_back({said.lane, arrived + began, computed_ns, encoded_ns, prepared_ns});
    times.prepared_ns += prepared_ns;
    times.computed_ns += computed_ns;
    times.encoded_ns += encoded_ns;
    Lane& lane = worker.lanes[said.lane];
    lane.waiting.push_back({times.spans.back(), times.sent, arrived, times.received});
    if (lane.waiting.size() > kWaitingMax) add_earliest(lane);
  }
  worker.out.erase(arrival.chunk);
  if (listener_) add_certain(worker);
  return times;
}

// Everything up to this point that belongs to no part yet belongs to `part`.
void LaneTime::add(Lane& lane, Nanoseconds until, Nanoseconds TimeSplit::* part) {
  if (until <= lane.told_until) return;
  lane.split.*part += until - lane.told_until;
  if (listener_) listener_({lane.worker, lane.number, part, lane.told_until, until});
  lane.told_until = until;
}

// Up to where the lane began with `next`.
void LaneTime::add_idle(Lane& lane, const ChunkSpan& next) {
  const Nanoseconds began = next.span.began;
  if (lane.has_begun)
    add(lane, std::min({began, lane.result_came, next.sent}), &TimeSplit::wire_ns);
  add(lane, std::min(began, next.sent),
      lane.has_begun ? &TimeSplit::starved_ns : &TimeSplit::startup_ns);
  add(lane, std::min(began, next.arrived), &TimeSplit::wire_ns);
  add(lane, began, &TimeSplit::handover_ns);
}

// Before which nothing can come any more: a lane begins chunks in the order in which they were
// sent.
void LaneTime::add_certain(Worker& worker) {
  Nanoseconds earliest_out = INT64_MAX;
  for (const auto& [chunk, sent] : worker.out) earliest_out = std::min(earliest_out, sent);
  for (Lane& lane : worker.lanes)
    while (!lane.waiting.empty() && earliest(lane)->sent < earliest_out) add_earliest(lane);
}

auto LaneTime::earliest(Lane& lane) -> std::vector<ChunkSpan>::iterator {
  return std::ranges::min_element(lane.waiting, {},
                                  [](const ChunkSpan& one) { return one.span.began; });
}

void LaneTime::add_earliest(Lane& lane) {
  const auto first = earliest(lane);
  const ChunkSpan span = *first;
  lane.waiting.erase(first);
  add_idle(lane, span);
  add(lane, span.span.began + span.span.prepared_ns, &TimeSplit::preparing_ns);
  add(lane, span.span.end() - span.span.encoded_ns, &TimeSplit::computing_ns);
  add(lane, span.span.end(), &TimeSplit::encoding_ns);
  lane.result_came = std::max(lane.result_came, span.received);
  lane.has_begun = true;
}

void LaneTime::add_waiting(Lane& lane) {
  while (!lane.waiting.empty()) add_earliest(lane);
}

void LaneTime::end(Nanoseconds at) {
  for (Worker& worker : workers_) {
    for (std::size_t number = 0; number < worker.lanes.size(); ++number) {
      Lane& lane = worker.lanes[number];
      add_waiting(lane);
      if (number >= worker.connected) {
        add(lane, at, &TimeSplit::away_ns);
        continue;
      }
      if (lane.has_begun) add(lane, std::min(at, lane.result_came), &TimeSplit::wire_ns);
      add(lane, std::min(at, last_sent_),
          lane.has_begun ? &TimeSplit::starved_ns : &TimeSplit::startup_ns);
      add(lane, at, &TimeSplit::tail_ns);
    }
  }
}

std::vector<TimeSplit> LaneTime::splits(WorkerId worker) const {
  std::vector<TimeSplit> splits;
  for (const Lane& lane : workers_[worker].lanes) splits.push_back(lane.split);
  return splits;
}

TimeSplit LaneTime::total(WorkerId worker) const {
  TimeSplit total;
  for (const Lane& lane : workers_[worker].lanes) total += lane.split;
  return total;
}

}  // namespace mandel
