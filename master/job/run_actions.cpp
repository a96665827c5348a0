// Does what the plan wants done: one function for each action. What to do is decided in the plan,
// where the simulator can try it without a network. run.cpp has the loop, and what comes in.
#include <algorithm>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "common/base/random.h"
#include "common/program/cli.h"
#include "master/job/run.h"

namespace mandel {

void Run::execute(const action::Send& send) {
  const Grant& grant = send.grant;
  const WorkerId worker = worker_of_[grant.session];
  const Band band = chunking_.band(grant.chunk);
  const Nanoseconds at = clock();
  lane_time_.sent(worker, grant.chunk, at);
  tell_observers([&](RunObserver& o) { o.sent(worker, grant.chunk, band, grant.attempt, at); });
  crew_[worker].send_task(grant.chunk, grant.attempt, band);
}

void Run::execute(const action::Cancel& cancel) {
  const auto& [session, chunk, attempt] = cancel.grant;
  const WorkerId worker = worker_of_[session];
  lane_time_.cancelled(worker, chunk);
  tell_observers([&](RunObserver& o) { o.cancelled(worker, cancel.grant.chunk); });
  crew_[worker].cancel(chunk, attempt);
}

void Run::execute(const action::Acknowledge& acknowledge) {
  crew_[worker_of_[acknowledge.session]].acknowledge(acknowledge.chunk);
}

void Run::execute(const action::Keep& keep) {
  MANDEL_ASSERT(in_hand_ && in_hand_->worker == keep.worker);
  kept_[keep.chunk].push_back(*std::exchange(in_hand_, std::nullopt));
  tell_observers([&](RunObserver& o) { o.kept(keep.worker, keep.chunk); });
}

void Run::execute(const action::Accept& accept) {
  std::optional<Delivery> chosen;
  if (in_hand_ && in_hand_->worker == accept.worker) chosen = std::exchange(in_hand_, {});
  if (auto kept = kept_.extract(accept.chunk); !kept.empty() && !chosen) {
    const auto it = std::ranges::find(kept.mapped(), accept.worker, &Delivery::worker);
    if (it != kept.mapped().end()) chosen = std::move(*it);
  }
  MANDEL_ASSERT(chosen);
  WorkerTotals& totals = outcome_.workers[accept.worker];
  ++totals.chunks;
  totals.pixels += pixels(accept.chunk);
  totals.computed_ns += chosen->computed_ns;
  figures_[accept.chunk] = {chosen->print.sum, chosen->rungs};
  outcome_.sum += chosen->print.sum;
  outcome_.rungs += chosen->rungs;
  unusable_since_.reset();
  pixels_done_ += pixels(accept.chunk);
  crew_[accept.worker].encourage();
  tell_observers([&](RunObserver& o) {
    o.accepted(accept.worker, accept.chunk, chunking_.band(accept.chunk), chosen->counts.values(),
               clock());
  });
  writer_.put(accept.chunk, std::move(chosen->counts), chosen->print);
}

void Run::execute(const action::Judge& judge) {
  std::vector<ChunkClaim> claims;
  for (const Delivery& kept : kept_.at(judge.chunk))
    claims.push_back({kept.worker, kept.counts.values()});
  auditor_->ask(question_of(judge.chunk, chunking_.band(judge.chunk).first_row, columns(), claims,
                            random_number(), stretch_max(config_.job)));
}

void Run::execute(const action::Revoke& revoke) {
  WorkerTotals& totals = outcome_.workers[revoke.worker];
  --totals.chunks;
  ++totals.revoked;
  totals.pixels -= pixels(revoke.chunk);
  outcome_.sum -= figures_[revoke.chunk].sum;
  outcome_.rungs -= figures_[revoke.chunk].rungs;
  pixels_done_ -= pixels(revoke.chunk);
  writer_.revoke(revoke.chunk);
  tell_observers([&](RunObserver& o) {
    o.revoked(revoke.worker, revoke.chunk, chunking_.band(revoke.chunk));
  });
}

void Run::execute(const action::Dismiss& dismiss) {
  Host& host = crew_[dismiss.worker];
  spdlog::error("{} is not used any more: {}", host.label(), dismiss.reason);
  outcome_.quarantined.push_back(fmt::format("{}: {}", host.label(), dismiss.reason));
  members_[dismiss.worker].session.reset();
  const Nanoseconds at = clock();
  tell_observers([&](RunObserver& o) { o.dismissed(dismiss.worker, dismiss.reason, at); });
  lane_time_.lost(dismiss.worker, at);
  host.dismiss(dismiss.reason);
  for (auto& [chunk, deliveries] : kept_)
    std::erase_if(deliveries, [&](const Delivery& d) { return d.worker == dismiss.worker; });
}

void Run::execute(const action::Rest& rest) {
  log_of_peer(PeerLine::kWarning, crew_[rest.worker].label(),
              fmt::format("{} came to nothing {} times in a row; it gets no chunk for a second, "
                          "and for twice as long each time until it delivers",
                          crew_[rest.worker].label(), rest.falls));
  tell_observers([&](RunObserver& o) { o.rests(rest.worker, rest.falls, clock()); });
}

// The picture can't be completed: the writer must not wait for the chunk's turn.
void Run::execute(const action::SetAside&) { writer_.give_up(); }

void Run::execute(const action::Finish&) {
  outcome_.wall_ns = clock();
  lane_time_.end(outcome_.wall_ns);
  is_finished_ = true;
}

}  // namespace mandel
