// See sessions.h.
#include "worker/sessions.h"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>
#include <set>

namespace mandel {
namespace {

std::size_t bytes_of(const Axes& axes) {
  return (axes.xs.size() + axes.ys.size()) * sizeof(double);
}

}  // namespace

std::size_t credit_for(std::size_t lanes) { return std::min(4 * lanes + 20, kCreditMax); }

std::size_t counts_bytes(const QueuedTask& task, const Axes& axes) {
  return task.rows * axes.xs.size() * sizeof(std::uint32_t);
}

std::vector<Sessions::Peer> Sessions::peers() const {
  std::vector<Peer> peers;
  for (const auto& [peer, session] : sessions_) peers.push_back(peer);
  return peers;
}

const OpenedJob* Sessions::job(const Peer& peer, std::uint64_t id) const {
  const auto session = sessions_.find(peer);
  if (session == sessions_.end()) return nullptr;
  const auto job = session->second.jobs.find(id);
  return job == session->second.jobs.end() ? nullptr : &job->second;
}

std::vector<std::uint64_t> Sessions::jobs(const Peer& peer) const {
  std::vector<std::uint64_t> ids;
  for (const auto& [id, job] : sessions_.at(peer).jobs) ids.push_back(id);
  return ids;
}

std::shared_ptr<DeepEngine> Sessions::engine_of(const Job& job) const {
  for (const auto& [peer, session] : sessions_)
    for (const auto& [id, opened] : session.jobs)
      if (opened.deep != nullptr && opened.job == job) return opened.deep;
  return nullptr;
}

bool Sessions::reads(const Peer& peer, wire::Encoding encoding) const {
  const auto session = sessions_.find(peer);
  if (session == sessions_.end()) return false;
  return encoding == wire::RAW_U32 || std::ranges::count(session->second.encodings, encoding) > 0;
}

FromPeer<void> Sessions::greet(const Peer& peer, Nanoseconds now,
                               std::vector<wire::Encoding> encodings) {
  if (knows(peer)) return blame_peer("a second hello on one connection");
  if (sessions_.size() >= limits_.sessions)
    return blame_peer(
        fmt::format("this worker serves {} masters already; try again later", limits_.sessions));
  Session& session = sessions_[peer];
  session.serial = next_serial_++;
  session.encodings = std::move(encodings);
  session.heard = now;
  return {};
}

FromPeer<void> Sessions::open(const Peer& peer, std::uint64_t job, OpenedJob opened) {
  Session& session = sessions_.at(peer);
  if (job == 0) return blame_peer("a job must not be numbered 0");
  if (session.jobs.contains(job)) return blame_peer("a job was opened twice");
  if (session.jobs.size() >= limits_.jobs_per_session && !close_oldest_job(session))
    return blame_peer(fmt::format("more than {} jobs at once", limits_.jobs_per_session));
  if (axes_bytes() + bytes_of(*opened.axes) > limits_.axes_bytes)
    return blame_peer("this worker's memory for jobs is full; try again later");
  if (opened.deep != nullptr && !engine_of(opened.job) && deep_engines() >= limits_.deep_engines)
    return blame_peer(
        fmt::format("this worker has {} pictures of true-count open already; try "
                    "again later",
                    limits_.deep_engines));
  session.jobs.emplace(job, std::move(opened));
  session.jobs_by_age.push_back(job);
  return {};
}

bool Sessions::close_oldest_job(Session& session) {
  const auto is_waited_for = [&](std::uint64_t job) {
    return std::ranges::any_of(session.queue,
                               [&](const QueuedTask& task) { return task.key.job == job; });
  };
  const auto oldest = std::ranges::find_if_not(session.jobs_by_age, is_waited_for);
  if (oldest == session.jobs_by_age.end()) return false;
  std::erase_if(session.unacked, [&](const auto& result) {
    if (result.first.job != *oldest) return false;
    session.unacked_bytes -= result.second;
    return true;
  });
  session.jobs.erase(*oldest);
  session.jobs_by_age.erase(oldest);
  return true;
}

FromPeer<void> Sessions::enqueue(const Peer& peer, const QueuedTask& task) {
  Session& session = sessions_.at(peer);
  const auto job = session.jobs.find(task.key.job);
  if (job == session.jobs.end()) return blame_peer("a task of a job that is not open");
  const Axes& axes = *job->second.axes;
  if (task.rows == 0 || task.first_row >= axes.ys.size() ||
      task.rows > axes.ys.size() - task.first_row)
    return blame_peer(fmt::format("a task for rows {} to {} of {}", task.first_row,
                                  std::uint64_t{task.first_row} + task.rows, axes.ys.size()));
  if (std::uint64_t{task.rows} * axes.xs.size() > kChunkBytesMax / sizeof(std::uint32_t))
    return blame_peer("a chunk larger than this worker takes");
  if (session.held() >= limits_.tasks_per_session)
    return blame_peer(fmt::format("more than {} tasks at once", limits_.tasks_per_session));
  if (!session.is_active()) session.served = std::max(session.served, virtual_time_);
  session.queue.push_back(task);
  return {};
}

std::vector<std::uint64_t> Sessions::cancel(const Peer& peer, const TaskKey& key) {
  Session& session = sessions_.at(peer);
  std::erase_if(session.queue, [&](const QueuedTask& task) { return task.key == key; });
  std::vector<std::uint64_t> ids;
  for (auto& [id, in_lanes] : session.in_lanes)
    if (in_lanes.key == key) {
      in_lanes.is_cancelled = true;
      ids.push_back(id);
    }
  return ids;
}

void Sessions::acked(const Peer& peer, const ChunkKey& key) {
  Session& session = sessions_.at(peer);
  const auto it = session.unacked.find(key);
  if (it == session.unacked.end()) return;
  session.unacked_bytes -= it->second;
  session.unacked.erase(it);
}

void Sessions::heard(const Peer& peer, Nanoseconds now) {
  if (const auto session = sessions_.find(peer); session != sessions_.end())
    session->second.heard = now;
}

std::optional<Sessions::Picked> Sessions::pick(const HasRoom& has_room) {
  const auto before = [](const Session& a, const Session& b) {
    return std::pair(a.claim(), a.in_lanes.size()) < std::pair(b.claim(), b.in_lanes.size());
  };
  auto best = sessions_.end();
  for (auto it = sessions_.begin(); it != sessions_.end(); ++it) {
    const auto& [peer, session] = *it;
    if (session.queue.empty() || !may_compute(session)) continue;
    if (has_room && !has_room(peer, session.in_lanes_bytes, session.next_bytes())) continue;
    if (best == sessions_.end() || before(it->second, best->second)) best = it;
  }
  if (best == sessions_.end()) return std::nullopt;
  Session& session = best->second;
  virtual_time_ = std::max(virtual_time_, session.served);
  const QueuedTask task = session.queue.front();
  const std::size_t bytes = session.next_bytes();
  session.queue.pop_front();
  const std::uint64_t id = next_id_++;
  session.in_lanes[id] = {.key = task.key, .bytes = bytes};
  session.in_lanes_bytes += bytes;
  return Picked{.id = id,
                .session = {best->first, session.serial},
                .task = task,
                .job = session.jobs.at(task.key.job)};
}

bool Sessions::settle(const Picked& picked, Nanoseconds lane_ns) {
  const auto it = sessions_.find(picked.session.peer);
  if (it == sessions_.end() || it->second.serial != picked.session.serial) return false;
  Session& session = it->second;
  const auto in_lanes = session.in_lanes.extract(picked.id);
  MANDEL_ASSERT(!in_lanes.empty());
  session.in_lanes_bytes -= in_lanes.mapped().bytes;
  session.served += lane_ns;
  session.task_mean = session.task_mean == 0 ? lane_ns : (3 * session.task_mean + lane_ns) / 4;
  return !in_lanes.mapped().is_cancelled;
}

void Sessions::sent(const Peer& peer, const ChunkKey& key, std::size_t bytes) {
  acked(peer, key);  // the chunk's counts are here once, however often they are on their way
  Session& session = sessions_.at(peer);
  session.unacked[key] = bytes;
  session.unacked_bytes += bytes;
}

std::vector<TaskProgress> Sessions::tasks(
    const Peer& peer, const std::function<std::uint64_t(std::uint64_t)>& ticks_of) const {
  const Session& session = sessions_.at(peer);
  std::vector<TaskProgress> tasks;
  for (const auto& [id, in_lanes] : session.in_lanes)
    if (!in_lanes.is_cancelled) tasks.push_back({in_lanes.key, ticks_of(id)});
  for (const QueuedTask& task : session.queue) tasks.push_back({task.key, 0});
  for (const auto& [id, in_lanes] : session.in_lanes)
    if (in_lanes.is_cancelled) tasks.push_back({in_lanes.key, ticks_of(id)});
  return tasks;
}

std::vector<std::uint64_t> Sessions::drop(const Peer& peer) {
  const auto session = sessions_.extract(peer);
  std::vector<std::uint64_t> ids;
  if (!session.empty())
    for (const auto& [id, in_lanes] : session.mapped().in_lanes) ids.push_back(id);
  return ids;
}

std::vector<Sessions::Peer> Sessions::silent(Nanoseconds now) const {
  std::vector<Peer> peers;
  for (const auto& [peer, session] : sessions_)
    if (now - session.heard > limits_.silence) peers.push_back(peer);
  return peers;
}

std::size_t Sessions::Session::held() const {
  return queue.size() + static_cast<std::size_t>(std::ranges::count_if(
                            in_lanes, [](const auto& one) { return !one.second.is_cancelled; }));
}

std::size_t Sessions::Session::next_bytes() const {
  const QueuedTask& task = queue.front();
  return counts_bytes(task, *jobs.at(task.key.job).axes);
}

bool Sessions::may_compute(const Session& session) const {
  return session.unacked_bytes <= limits_.unacked_bytes &&
         session.unacked.size() <= limits_.unacked_results;
}

std::size_t Sessions::axes_bytes() const {
  std::size_t bytes = 0;
  for (const auto& [peer, session] : sessions_)
    for (const auto& [id, job] : session.jobs) bytes += bytes_of(*job.axes);
  return bytes;
}

std::size_t Sessions::deep_engines() const {
  std::set<const DeepEngine*> engines;
  for (const auto& [peer, session] : sessions_)
    for (const auto& [id, job] : session.jobs)
      if (job.deep != nullptr) engines.insert(job.deep.get());
  return engines.size();
}

std::size_t Sessions::queued() const {
  return std::accumulate(
      sessions_.begin(), sessions_.end(), std::size_t{0},
      [](std::size_t sum, const auto& s) { return sum + s.second.queue.size(); });
}

}  // namespace mandel
