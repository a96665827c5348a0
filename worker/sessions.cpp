// See sessions.h.
#include "worker/sessions.h"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>

#include "common/job.h"

namespace mandel {
namespace {

std::size_t bytes_of(const Axes& axes) {
  return (axes.xs.size() + axes.ys.size()) * sizeof(double);
}

}  // namespace

std::vector<Sessions::Peer> Sessions::peers() const {
  std::vector<Peer> peers;
  for (const auto& [peer, session] : sessions_) peers.push_back(peer);
  return peers;
}

bool Sessions::is_current(const SessionId& id) const {
  const auto it = sessions_.find(id.peer);
  return it != sessions_.end() && it->second.serial == id.serial;
}

FromPeer<void> Sessions::greet(const Peer& peer, Nanoseconds now) {
  if (knows(peer)) return blame_peer("a second hello on one connection");
  if (sessions_.size() >= limits_.sessions)
    return blame_peer(
        fmt::format("this worker serves {} masters already; try again later", limits_.sessions));
  Session& session = sessions_[peer];
  session.serial = next_serial_++;
  session.heard = now;
  return {};
}

FromPeer<void> Sessions::open(const Peer& peer, std::uint64_t job, OpenedJob opened) {
  Session& session = sessions_.at(peer);
  if (job == 0) return blame_peer("a job must not be numbered 0");
  if (session.jobs.size() >= limits_.jobs_per_session)
    return blame_peer(fmt::format("more than {} jobs in one session", limits_.jobs_per_session));
  if (axes_bytes() + bytes_of(*opened.axes) > limits_.axes_bytes)
    return blame_peer("this worker's memory for jobs is full; try again later");
  if (!session.jobs.emplace(job, std::move(opened)).second)
    return blame_peer("a job was opened twice");
  return {};
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
  if (session.queue.size() + session.in_lanes >= limits_.tasks_per_session)
    return blame_peer(fmt::format("more than {} tasks at once", limits_.tasks_per_session));
  if (!session.is_active()) session.served = std::max(session.served, virtual_time_);
  session.queue.push_back(task);
  return {};
}

bool Sessions::cancel(const Peer& peer, const TaskKey& key) {
  const auto session = sessions_.find(peer);
  if (session == sessions_.end()) return false;
  return std::erase_if(session->second.queue,
                       [&](const QueuedTask& task) { return task.key == key; }) > 0;
}

void Sessions::heard(const Peer& peer, Nanoseconds now) {
  if (const auto session = sessions_.find(peer); session != sessions_.end())
    session->second.heard = now;
}

std::optional<Sessions::Picked> Sessions::pick() {
  const auto before = [](const Session& a, const Session& b) {
    return std::pair(a.claim(), a.in_lanes) < std::pair(b.claim(), b.in_lanes);
  };
  auto best = sessions_.end();
  for (auto it = sessions_.begin(); it != sessions_.end(); ++it) {
    if (it->second.queue.empty() || *it->second.unsent > limits_.unsent_bytes) continue;
    if (best == sessions_.end() || before(it->second, best->second)) best = it;
  }
  if (best == sessions_.end()) return std::nullopt;
  Session& session = best->second;
  virtual_time_ = std::max(virtual_time_, session.served);
  const QueuedTask task = session.queue.front();
  session.queue.pop_front();
  ++session.in_lanes;
  return Picked{{best->first, session.serial}, session.unsent, task, session.jobs.at(task.key.job)};
}

void Sessions::settle(const SessionId& id, Nanoseconds lane_ns) {
  if (!is_current(id)) return;  // dropped while the lanes were at it
  Session& session = sessions_.at(id.peer);
  MANDEL_ASSERT(session.in_lanes > 0);
  --session.in_lanes;
  session.served += lane_ns;
  session.task_mean = session.task_mean == 0 ? lane_ns : (3 * session.task_mean + lane_ns) / 4;
}

void Sessions::drop(const Peer& peer) { sessions_.erase(peer); }

void Sessions::blame(const Peer& peer) {
  drop(peer);
  ++blamed_;
}

std::vector<Sessions::Peer> Sessions::silent(Nanoseconds now) const {
  std::vector<Peer> peers;
  for (const auto& [peer, session] : sessions_)
    if (now - session.heard > limits_.silence) peers.push_back(peer);
  return peers;
}

std::size_t Sessions::axes_bytes() const {
  std::size_t bytes = 0;
  for (const auto& [peer, session] : sessions_)
    for (const auto& [id, job] : session.jobs) bytes += bytes_of(*job.axes);
  return bytes;
}

std::size_t Sessions::queued() const {
  return std::accumulate(
      sessions_.begin(), sessions_.end(), std::size_t{0},
      [](std::size_t sum, const auto& s) { return sum + s.second.queue.size(); });
}

}  // namespace mandel
