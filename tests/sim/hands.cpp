// See hands.h. Sessions and messages; hands_act.cpp has the plan's actions.
#include "tests/sim/hands.h"

#include <algorithm>
#include <utility>

namespace mandel::sim {

Hands::Hands(Timeline& timeline, Random& random, const Scenario& scenario, Fleet& fleet,
             const Watching& watching)
    : timeline_(timeline),
      random_(random),
      scenario_(scenario),
      fleet_(fleet),
      plan_({.chunks = scenario.opening > 0 ? scenario.opening : scenario.chunks(),
             .window = scenario.opening > 0 ? scenario.opening : scenario.window,
             .audit = scenario.audit,
             .seed = scenario.seed,
             .done = scenario.done,
             .has_rest = scenario.opening > 0,
             .opening_share = 4}),
      referee_(scenario),
      watching_(watching),
      peers_(scenario.workers.size()),
      worker_of_(1),
      in_memory_(scenario.chunks()),
      is_settled_(scenario.done),
      has_rest_(scenario.opening > 0) {
  is_settled_.resize(scenario.chunks());
}

void Hands::begin() {
  for (WorkerId worker = 0; worker < peers_.size(); ++worker) {
    const WorkerSpec& spec = scenario_.workers[worker];
    peers_[worker].number = worker;
    if (!spec.dials_in) dial(worker);
    if (spec.off_at > 0) timeline_.at(spec.off_at, [this, worker] { take_off(worker); });
    if (spec.back_at > 0)
      timeline_.at(spec.back_at, [this, worker] { peers_[worker].is_called = true; });
  }
  tick();
}

void Hands::pause(Nanoseconds duration) {
  if (timeline_.now() < paused_until_) return;
  paused_since_ = timeline_.now();
  paused_until_ = timeline_.now() + duration;
  timeline_.at(paused_until_, [this, duration] {
    for (Peer& peer : peers_) peer.heard += duration;
    if (unusable_since_) unusable_since_ = timeline_.now();
    feed(event::Paused{duration});
    for (auto& step : std::exchange(put_off_, {})) step();
  });
}

bool Hands::put_off(std::function<void()> step) {
  if (timeline_.now() >= paused_until_) return false;
  put_off_.push_back(std::move(step));
  return true;
}

void Hands::dial(WorkerId worker) {
  Peer& peer = peers_[worker];
  if (peer.is_dismissed || peer.is_off) return;
  const auto session = static_cast<SessionId>(worker_of_.size());
  worker_of_.push_back(worker);
  peer.session = session;
  peer.is_ready = false;
  peer.heard = timeline_.now();
  fleet_[worker]->link().send_surely(
      Way::kToWorker, [this, worker, session] { fleet_[worker]->hear_hello(session); });
  watch_silence(worker, session);
}

void Hands::watch_silence(WorkerId worker, SessionId session) {
  timeline_.at(peers_[worker].heard + kSilence, [this, worker, session] {
    const Peer& peer = peers_[worker];
    if (peer.session != session) return;
    if (timeline_.now() < paused_until_) {
      timeline_.at(paused_until_ + 1, [this, worker, session] { watch_silence(worker, session); });
    } else if (timeline_.now() - peer.heard < kSilence) {
      watch_silence(worker, session);
    } else {
      const bool was_ready = peer.is_ready;
      hang_up(worker);
      if (was_ready) feed(event::Lost{session, false, true});
    }
  });
}

void Hands::hang_up(WorkerId worker) {
  Peer& peer = peers_[worker];
  peer.session = kNoSession;
  peer.is_ready = false;
  if (peer.is_dismissed || scenario_.workers[worker].dials_in) return;
  timeline_.in(peer.backoff, [this, worker] {
    if (peers_[worker].session == kNoSession) dial(worker);
  });
  peer.backoff = std::min(2 * peer.backoff, kBackoffMax);
}

void Hands::tick() {
  if (timeline_.now() >= paused_until_) {
    for (WorkerId worker = 0; worker < peers_.size(); ++worker)
      if (peers_[worker].is_off) watch_list(worker);
    feed(event::Tick{});
    watch_patience();
  }
  if (!is_finished_) timeline_.in(kTickEvery, [this] { tick(); });
}

// It finishes what it has, and is called back no sooner.
void Hands::take_off(WorkerId worker) {
  if (put_off([=, this] { take_off(worker); })) return;
  Peer& peer = peers_[worker];
  peer.is_off = true;
  if (peer.is_ready) feed(event::Leaving{peer.session});
}

void Hands::watch_list(WorkerId worker) {
  Peer& peer = peers_[worker];
  if (peer.is_dismissed) return;
  if (peer.is_ready && plan_.chunks_held(peer.session) == 0) {
    const SessionId session = peer.session;
    hang_up(worker);
    feed(event::Lost{session, true});
  }
  if (peer.session != kNoSession || !peer.is_called) return;
  peer.is_off = peer.is_called = false;
  dial(worker);
}

// Else nobody can deliver anything, and the first worker rests as those do that die with
// everything.
bool Hands::has_more_to_do() const {
  for (ChunkId chunk = 0; chunk < scenario_.chunks(); ++chunk)
    if (scenario_.curses[chunk] == Curse::kNone && !referee_.is_accepted(chunk)) return true;
  return false;
}

// As the job's loop does.
void Hands::watch_patience() {
  if (scenario_.patience == 0 || is_finished_) return;
  const Nanoseconds now = timeline_.now();
  if (plan_.has_workers()) {
    if (!connected_since_) connected_since_ = now;
    if (now - *connected_since_ >= scenario_.patience) unusable_since_.reset();
    return;
  }
  connected_since_.reset();
  if (!unusable_since_) unusable_since_ = now;
  if (now - *unusable_since_ < scenario_.patience) return;
  is_finished_ = is_given_up_ = true;
  finished_at_ = now;
  const Peer& first = peers_.front();
  const Nanoseconds well_since = std::max(first.ready_since, scenario_.faults_end);
  if (first.is_ready && now - well_since >= scenario_.patience && has_more_to_do())
    referee_.hear("given up, and a sound worker is there", now);
}

// It knows before the master that its old connection is dead.
void Hands::hear_join(WorkerId from, std::uint64_t incarnation) {
  if (put_off([=, this] { hear_join(from, incarnation); })) return;
  Peer& peer = peers_[from];
  if (peer.session != kNoSession && peer.incarnation == incarnation) return;
  const SessionId old = peer.is_ready ? peer.session : kNoSession;
  // As in the lobby: another process gets the place of the one before, if that is known to be gone,
  // else the place that was left before.
  const auto second = static_cast<WorkerId>(peers_.size() + from);
  if (old != kNoSession) peer.number = peer.number == from ? second : from;
  hang_up(from);
  if (old != kNoSession) feed(event::Lost{old, false});
  peer.incarnation = incarnation;
  dial(from);
}

bool Hands::is_deaf_to(WorkerId from, SessionId session) {
  Peer& peer = peers_[from];
  if (session == kNoSession || peer.session != session) return true;
  peer.heard = timeline_.now();
  return !peer.is_ready;
}

void Hands::hear_welcome(WorkerId from, SessionId session, std::uint64_t incarnation) {
  if (put_off([=, this] { hear_welcome(from, session, incarnation); })) return;
  if (!is_deaf_to(from, session) || peers_[from].session != session) return;
  Peer& peer = peers_[from];
  if (peer.is_off) return hang_up(from);
  peer.is_ready = true;
  peer.ready_since = timeline_.now();
  peer.backoff = kBackoffMin;
  feed(event::Joined{session, peer.number, incarnation, fleet_[from]->spec().capacity, from});
}

void Hands::hear_result(WorkerId from, SessionId session, ChunkId chunk, Fingerprint print,
                        Nanoseconds lanes_ns) {
  if (put_off([=, this] { hear_result(from, session, chunk, print, lanes_ns); })) return;
  if (is_deaf_to(from, session)) return;
  const event::Done done{session, chunk, print, lanes_ns, 2 * fleet_[from]->spec().link.delay};
  in_hand_ = done;
  feed(done);
  in_hand_.reset();
}

void Hands::hear_failure(WorkerId from, SessionId session, ChunkId chunk, std::uint32_t attempt) {
  if (put_off([=, this] { hear_failure(from, session, chunk, attempt); })) return;
  if (!is_deaf_to(from, session)) feed(event::Returned{{session, chunk, attempt}, "it burns"});
}

void Hands::hear_beat(WorkerId from, SessionId session, std::vector<event::TaskState> tasks) {
  if (put_off([=, this] { hear_beat(from, session, tasks); })) return;
  if (!is_deaf_to(from, session)) feed(event::Beat{session, std::move(tasks)});
}

void Hands::hear_leaving(WorkerId from, SessionId session) {
  if (put_off([=, this] { hear_leaving(from, session); })) return;
  if (!is_deaf_to(from, session)) feed(event::Leaving{session});
}

void Hands::hear_goodbye(WorkerId from, SessionId session) {
  if (put_off([=, this] { hear_goodbye(from, session); })) return;
  if (is_deaf_to(from, session)) return;
  hang_up(from);
  feed(event::Lost{session, true});
}

void Hands::hear_broken(WorkerId from, SessionId session) {
  if (put_off([=, this] { hear_broken(from, session); })) return;
  if (is_deaf_to(from, session)) return;
  hang_up(from);
  feed(event::Lost{session, false});
}

}  // namespace mandel::sim
