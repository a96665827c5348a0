// See daemon.h. The loop sleeps in one poll over the link, the lanes' wakeup and the signals, and a
// timer bounds the sleep.
#include "worker/daemon.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <new>
#include <spdlog/spdlog.h>
#include <utility>

#include "common/base/clock.h"
#include "common/base/malloc_tuning.h"
#include "common/base/peer_log.h"
#include "common/base/protocol_times.h"
#include "common/base/text.h"
#include "kernels/deep/tested_engine.h"
#include "worker/join_link.h"
#include "worker/messages.h"

namespace mandel {
namespace {

// How much work the lanes should have until the loop looks after them again: a few times what it
// takes to wake the loop.
constexpr Nanoseconds kLanesAhead = kMillisecond / 5;
constexpr std::size_t kTasksAheadMax = 16;  // for each lane
// What it costs to hand a task to a lane that sleeps, and its result back: two threads woken.
constexpr Nanoseconds kHandOver = 40 * (kMillisecond / 1000);
// Computing here, in a turn; and what a task may take that was thought to take less than kHandOver.
constexpr Nanoseconds kHereMax = kMillisecond / 5;
// Of such a task, whatever the last ones took: some kernels don't poll where they don't iterate.
constexpr std::size_t kHereBytesMax = std::size_t{64} << 10;
constexpr int kMessagesPerTurn = 256;             // then look at the lanes and the clock again
constexpr Nanoseconds kFlushTime = 30 * kSecond;  // for the last results, when leaving
// For lanes to stop, which takes them 50 ms unless one hangs. The last goodbyes go out meanwhile.
constexpr auto kLanesPatience = std::chrono::milliseconds(500);
// For a task that has ended, and whose result follows the beat.
constexpr std::uint64_t kTicksAtTheEnd = UINT64_MAX;

}  // namespace

Result<std::unique_ptr<WorkerDaemon>> WorkerDaemon::start(zmq::context_t& context, Config config) {
  if (config.credit == 0) config.credit = credit_for(config.lanes.size());
  // How many messages may wait for one master: all results that are kept for it, with beats and
  // refusals. Credit keeps the queue far from full.
  const int queue_max = static_cast<int>(2 * config.credit + KeptResults::Limits{}.results + 64);
  std::unique_ptr<WorkerDaemon> daemon(new WorkerDaemon(std::move(config)));
  if (daemon->config_.joins) {
    daemon->link_ = std::make_unique<JoinLink>(
        context, *daemon->config_.joins,
        Dialler::Config{.side = WorkerSide{queue_max}, .security = daemon->config_.joins_by},
        daemon->identity_);
  } else if (auto listens = daemon->listen(context, queue_max); !listens) {
    return tl::unexpected(listens.error());
  }
  daemon->outbox_.emplace(*daemon->link_, daemon->memory_);
  return daemon;
}

Result<void> WorkerDaemon::listen(zmq::context_t& context, int queue_max) {
  if (config_.keys) gate_ = std::make_unique<Gate>(context, *config_.keys);
  auto link = ListenLink::bind(context, config_.endpoint, WorkerSide{queue_max}, gate_.get());
  if (!link) return tl::unexpected(link.error());
  address_ = link->address();
  link_ = std::make_unique<ListenLink>(*std::move(link));
  return {};
}

WorkerDaemon::WorkerDaemon(Config config)
    : config_(std::move(config)),
      identity_(make_identity(config_.remarks)),
      sessions_(
          {.tasks_per_session = config_.credit,
           .unacked_bytes = std::min(Sessions::Limits{}.unacked_bytes, config_.results_bytes / 8)}),
      memory_({.bytes = config_.results_bytes,
               .is_encrypted = config_.keys.has_value() || config_.joins_by != nullptr}),
      results_({.bytes = std::min(KeptResults::Limits{}.bytes, config_.results_bytes / 4)}) {
  pool_ = std::make_unique<LanePool>(config_.lanes,
                                     [this](LaneResult result) { end_task(std::move(result)); });
  if (config_.metrics != nullptr)
    config_.metrics->watch_lanes(config_.lanes.size(), [this] { return pool_->busy(); });
}

WorkerDaemon::~WorkerDaemon() = default;

bool WorkerDaemon::stop_lanes() { return pool_->close(kLanesPatience); }

void WorkerDaemon::request_stop() {
  ++stop_requests_;
  wakeup_.ring();
}

Result<void> WorkerDaemon::be_found() {
  auto responder =
      Responder::start(address_.value(), identity_, gate_ ? gate_->own().public_key : "");
  if (!responder) return tl::unexpected(responder.error());
  responder_.emplace(*std::move(responder));
  return {};
}

void WorkerDaemon::run() {
  Sleeper sleeper;
  while (!is_done(steady_now())) {
    link_->watch(sleeper);
    wakeup_.watch(sleeper);
    if (config_.signals != nullptr) config_.signals->watch(sleeper);
    if (responder_) responder_->watch(sleeper, steady_now());
    if (gate_) gate_->watch(sleeper);
    if (is_behind_) sleeper.skip();
    sleeper.sleep(next_timer() - steady_now());
    answer_strangers();
    for (int n = 0; n < kMessagesPerTurn; ++n) {
      auto incoming = link_->receive();
      if (!incoming) break;
      // Making a job's coordinates takes milliseconds: beats and others go in between.
      const bool is_slow = incoming->message && incoming->message->head.has_open_job();
      handle(*std::move(incoming));
      if (is_slow) break;
    }
    if (responder_) responder_->answer(steady_now());
    heed_stop_requests();
    take_finished();
    feed_lanes();
    if (config_.metrics != nullptr)
      config_.metrics->show(sessions_.queued() + in_lanes_, sessions_.count(), memory_.bytes());
    const Nanoseconds now = steady_now();
    say_goodbye_once_drained(now);
    if (config_.manager != nullptr) config_.manager->alive(now);
    if (now >= next_beat_) beat(now);
    send_what_waits();
  }
  // A worker that hangs says no goodbye: the chunk that it had may be to blame.
  if (drained_by_ == 0 && !has_hung_) say_to_all(goodbye_message());
  send_what_waits();
}

Nanoseconds WorkerDaemon::next_timer() const {
  const Nanoseconds next = std::min(next_beat_, link_->next_timer());
  return responder_ ? std::min(next, responder_->next_timer(steady_now())) : next;
}

bool WorkerDaemon::is_done(Nanoseconds now) const {
  return is_leaving_ || (drained_by_ != 0 && (sessions_.count() == 0 || now > drained_by_));
}

// The last results may take long to cross a slow network, and closing the socket would cut them
// off: goodbye goes out behind them, and masters that have read it hang up. That acknowledges all
// that went before, and sooner than the acks of the next beat would.
void WorkerDaemon::say_goodbye_once_drained(Nanoseconds now) {
  if (!is_draining_ || drained_by_ != 0 || sessions_.queued() > 0 || in_lanes_ > 0) return;
  say_to_all(goodbye_message());
  drained_by_ = now + kFlushTime;
}

void WorkerDaemon::say_to_all(const wire::Envelope& envelope) {
  for (const auto& peer : sessions_.peers()) send(peer, envelope);
}

void WorkerDaemon::heed_stop_requests() {
  wakeup_.clear();
  if (config_.signals != nullptr)
    while (config_.signals->take()) ++stop_requests_;
  if (stop_requests_ >= 1 && !is_draining_) {
    is_draining_ = true;
    if (config_.manager != nullptr) config_.manager->stopping("finishing what it has");
    spdlog::log(
        config_.signals != nullptr ? spdlog::level::info : spdlog::level::debug,
        "draining: {} chunks to finish, {} masters connected; a second signal leaves at once",
        sessions_.queued() + in_lanes_, sessions_.count());
    say_to_all(leaving_message());
  }
  if (stop_requests_ >= 2) is_leaving_ = true;
}

void WorkerDaemon::answer_strangers() {
  if (!gate_) return;
  const std::size_t refused = gate_->answer();
  if (config_.metrics != nullptr) config_.metrics->refused_keys(refused);
}

void WorkerDaemon::handle(Hub::Incoming incoming) {
  const Sessions::Peer& peer = incoming.peer;
  // Checked for every message: a key that is taken off the list loses its present session too.
  if (gate_ && !gate_->admits(incoming.key))
    return refuse(peer, {"this master's key is not admitted any more"});
  if (!incoming.message) return refuse(peer, incoming.message.error());
  sessions_.heard(peer, steady_now());
  if (incoming.message->head.has_hello()) connections_[peer] = incoming.connection;
  if (const auto obeyed = obey(peer, incoming.message->head); !obeyed) refuse(peer, obeyed.error());
}

FromPeer<void> WorkerDaemon::obey(const Sessions::Peer& peer, const wire::Envelope& head) {
  if (head.has_hello()) return welcome(peer, head.hello());
  if (!sessions_.knows(peer)) return blame_peer("a message before hello");
  switch (head.kind_case()) {
    case wire::Envelope::kOpenJob:
      return open_job(peer, head.open_job());
    case wire::Envelope::kTask:
      acknowledge(peer, head.task().job(), head.task().acked());
      return enqueue(peer, head.task());
    case wire::Envelope::kCancel:
      cancel(peer, head.cancel());
      return {};
    case wire::Envelope::kBeat:
      for (const wire::Acks& acks : head.beat().acks())
        acknowledge(peer, acks.job(), acks.chunks());
      return {};
    case wire::Envelope::kGoodbye:
      for (const std::uint64_t job : sessions_.jobs(peer)) results_.forget_job(job);
      end_session(peer);
      return {};
    default:
      return blame_peer("a message that only workers send");
  }
}

FromPeer<void> WorkerDaemon::welcome(const Sessions::Peer& peer, const wire::Hello& hello) {
  const auto version = negotiate(hello);
  if (!version) return tl::unexpected(version.error());
  if (is_draining_) return blame_peer("this worker is shutting down");
  const auto encodings = shared_encodings(hello);
  if (auto greeted = sessions_.greet(peer, steady_now(), encodings); !greeted) return greeted;
  send(peer, welcome_message(*version, identity_, config_.lanes, config_.credit, encodings));
  // Unless it has gone before that was sent.
  if (*version >= kBatchesSince && sessions_.knows(peer)) outbox_->begin_batches(peer);
  log_of_peer(
      PeerLine::kDebug, "",
      fmt::format("a master joined: {}; {} now", printable(hello.software()), sessions_.count()));
  return {};
}

// With what the lanes need for it.
FromPeer<OpenedJob> WorkerDaemon::prepared(const Job& job) const {
  const auto* view = std::get_if<DeepView>(&job.grid);
  const auto lane = std::ranges::find_if(config_.lanes, [&](const Lane& one) {
    return view != nullptr ? one.deep != nullptr : one.backend != nullptr;
  });
  if (lane == config_.lanes.end())
    return blame_peer(fmt::format("this worker computes no {}", semantics_of(job)));
  OpenedJob opened{job, std::make_shared<const Axes>(axes_of(job))};
  if (view == nullptr) return opened;
  opened.deep = sessions_.engine_of(job);
  if (!opened.deep) opened.deep = tested_engine(*lane->deep, *view, job.max_iter);
  return opened;
}

FromPeer<void> WorkerDaemon::open_job(const Sessions::Peer& peer, const wire::OpenJob& message) {
  const auto job = job_of(message);
  if (!job) return tl::unexpected(job.error());
  try {
    auto ready = prepared(*job);
    if (!ready) return tl::unexpected(ready.error());
    if (auto opened = sessions_.open(peer, message.job(), *std::move(ready)); !opened)
      return opened;
  } catch (const std::bad_alloc&) {
    return blame_peer("not enough memory here for the coordinates of so large a job");
  }
  // Results that were sent in an earlier session of this job, and perhaps never arrived.
  for (const KeptResult* kept : results_.of_job(message.job(), *job))
    if (sessions_.reads(peer, kept->body.encoding)) deliver(peer, *kept);
  return {};
}

FromPeer<void> WorkerDaemon::enqueue(const Sessions::Peer& peer, const wire::Task& message) {
  const TaskKey key = key_of(message);
  if (const OpenedJob* opened = sessions_.job(peer, key.job)) {
    const KeptResult* kept =
        results_.find(key.chunk_key(), opened->job, message.first_row(), message.rows());
    if (kept != nullptr && sessions_.reads(peer, kept->body.encoding)) {
      deliver(peer, answer_from(*kept, key.attempt));
      return {};
    }
    results_.forget(key.chunk_key());
  }
  const bool is_possible = sessions_.reads(peer, message.encoding());
  // Even while draining: a task that crossed our Leaving on the way is worth finishing.
  return sessions_.enqueue(peer, {.key = key,
                                  .first_row = message.first_row(),
                                  .rows = message.rows(),
                                  .arrived = steady_now(),
                                  .encoding = is_possible ? message.encoding() : wire::RAW_U32});
}

void WorkerDaemon::cancel(const Sessions::Peer& peer, const wire::Cancel& message) {
  for (const std::uint64_t id : sessions_.cancel(peer, key_of(message))) pool_->cancel(id);
}

// An ack counts only for jobs that are open here. An ack of a result that was forgotten already is
// late, not wrong.
void WorkerDaemon::acknowledge(const Sessions::Peer& peer, std::uint64_t job,
                               const google::protobuf::RepeatedField<std::uint32_t>& chunks) {
  if (sessions_.job(peer, job) == nullptr) return;
  for (const std::uint32_t chunk : chunks) {
    sessions_.acked(peer, {job, chunk});
    results_.forget({job, chunk});
  }
}

void WorkerDaemon::refuse(const Sessions::Peer& peer, const PeerError& error) {
  log_of_peer(PeerLine::kWarning, "", "refused a peer: " + error.what);
  // Who has not read what it was told before need not be told more.
  if (sessions_.knows(peer) || !memory_.owes(peer)) send(peer, refusal_message(error.what));
  if (!outbox_->flush(peer)) part_with(peer);
  end_session(peer);
  if (config_.metrics != nullptr) config_.metrics->refused();
}

// Its finished results stay in results_.
void WorkerDaemon::end_session(const Sessions::Peer& peer) {
  const bool was_idle = sessions_.count() == 0;
  for (const std::uint64_t id : sessions_.drop(peer)) pool_->cancel(id);
  outbox_->forget(peer);
  if (!was_idle && sessions_.count() == 0) give_freed_memory_back();
}

// Ends the connection, and with it what waits there for a peer that does not read. False if it
// has ended already, or is within this process.
bool WorkerDaemon::hang_up(const Sessions::Peer& peer) {
  const auto connection = connections_.find(peer);
  const TcpHandle handle = connection != connections_.end() ? connection->second : TcpHandle();
  if (!link_->hang_up(peer, handle)) return false;
  end_session(peer);
  return true;
}

// It can't be sent to, or says nothing: it is gone, or its next word would be out of place.
void WorkerDaemon::part_with(const Sessions::Peer& peer) {
  if (!hang_up(peer)) end_session(peer);
}

// Keeps one task waiting behind every lane's present one, and no more: what goes next is decided as
// late as possible, so that fairness among masters and cancelling stay exact. A few wait where
// tasks are so short that the lane would have to wait for the loop again and again. The shortest of
// all are done here.
void WorkerDaemon::feed_lanes() {
  const auto ahead = static_cast<std::size_t>(kLanesAhead / std::max<Nanoseconds>(task_ns_, 1));
  const std::size_t most =
      (1 + std::clamp(ahead, std::size_t{1}, kTasksAheadMax)) * config_.lanes.size();
  const Nanoseconds began = steady_now();
  is_behind_ = false;
  while (in_lanes_ < most) {
    auto picked = sessions_.pick([this](const auto& peer, std::size_t in_lanes, std::size_t bytes) {
      return memory_.has_room(peer, in_lanes, bytes);
    });
    if (!picked) return;
    auto room = memory_.hold(counts_bytes(picked->task, *picked->job.axes));
    const auto handed =
        std::make_shared<HandedOver>(HandedOver{*std::move(picked), steady_now(), std::move(room)});
    LaneTask task = lane_task_of(handed);
    if (is_worth_no_lane(handed->picked) && compute_here(task)) {
      is_behind_ = steady_now() - began >= kHereMax;
      if (is_behind_) return;
    } else {
      handed->at = steady_now();
      ++in_lanes_;
      pool_->submit(std::move(task));
    }
  }
}

LaneTask WorkerDaemon::lane_task_of(const std::shared_ptr<const HandedOver>& handed) {
  const auto& [id, session, task, opened] = handed->picked;
  return {.id = id,
          .axes = opened.axes,
          .deep = opened.deep,
          .first_row = task.first_row,
          .rows = task.rows,
          .max_iter = opened.job.max_iter,
          .cookie = handed};
}

// While no lane has anything to do: is a task smaller than the lanes' share of what waking them
// costs? As far as the last ones tell.
bool WorkerDaemon::is_worth_no_lane(const Sessions::Picked& picked) const {
  const std::size_t lanes = std::min(sessions_.queued() + 1, config_.lanes.size());
  return in_lanes_ == 0 && task_ns_ * static_cast<Nanoseconds>(lanes) < kHandOver &&
         counts_bytes(picked.task, *picked.job.axes) <= kHereBytesMax;
}

bool WorkerDaemon::compute_here(const LaneTask& task) {
  auto result = pool_->compute_here(task, std::chrono::nanoseconds(kHereMax));
  if (!result) return false;
  const wire::Encoding wish = handed_over(*result)->picked.task.encoding;
  settle(task_result_of(*std::move(result), wish));
  return true;
}

std::shared_ptr<const WorkerDaemon::HandedOver> WorkerDaemon::handed_over(const LaneResult& lanes) {
  return std::static_pointer_cast<const HandedOver>(lanes.cookie);
}

// On a lane's thread: makes fingerprint and encoding, too, which take the longer the larger the
// task is.
void WorkerDaemon::end_task(LaneResult lanes) {
  const wire::Encoding wish = handed_over(lanes)->picked.task.encoding;
  TaskResult result = task_result_of(std::move(lanes), wish);
  {
    const std::lock_guard lock(finished_mutex_);
    finished_.push_back(std::move(result));
  }
  wakeup_.ring();
}

void WorkerDaemon::take_finished() {
  std::deque<TaskResult> finished;
  {
    const std::lock_guard lock(finished_mutex_);
    finished.swap(finished_);
  }
  in_lanes_ -= finished.size();
  for (TaskResult& result : finished) settle(std::move(result));
}

void WorkerDaemon::settle(TaskResult result) {
  const auto served = static_cast<Nanoseconds>(result.lanes.stats.preparation_ns +
                                               result.lanes.computed_ns + result.encoded_ns);
  task_ns_ = std::max(served, (3 * task_ns_ + served) / 4);
  const auto handed = handed_over(result.lanes);
  if (sessions_.settle(handed->picked, served)) report(*handed, std::move(result));
}

void WorkerDaemon::report(const HandedOver& handed, TaskResult result) {
  const auto& [id, session, task, opened] = handed.picked;
  if (!result.lanes.failure.empty()) {
    log_of_peer(PeerLine::kError, "", "a chunk failed: " + result.lanes.failure);
    if (config_.metrics != nullptr) config_.metrics->failed();
    return send(session.peer, failure_message(task.key, result.lanes.failure));
  }
  MANDEL_ASSERT(!result.lanes.stats.stopped);  // only tasks that nobody waits for are stopped
  result.body.owner = both(result.body.owner, memory_.hold(result.body.bytes.size()));
  const Nanoseconds now = steady_now();
  KeptResult kept = kept_result_of(opened.job, task, std::move(result), handed.at, now);
  if (config_.metrics != nullptr) config_.metrics->computed(kept.head);
  results_.keep(kept, now);
  deliver(session.peer, kept);
}

void WorkerDaemon::deliver(const Sessions::Peer& peer, const KeptResult& result) {
  if (!sessions_.knows(peer)) return;
  sessions_.sent(peer, result.key(), result.bytes());
  if (config_.metrics != nullptr) config_.metrics->sent(result.body.bytes.size());
  if (!outbox_->send(peer, result)) part_with(peer);
}

void WorkerDaemon::send(const Sessions::Peer& peer, wire::Envelope head) {
  if (!outbox_->send(peer, std::move(head))) part_with(peer);
}

void WorkerDaemon::send_what_waits() {
  for (const auto& peer : outbox_->flush()) part_with(peer);
}

// And with those who don't read.
void WorkerDaemon::part_with_the_silent(Nanoseconds now) {
  for (const auto& peer : sessions_.silent(now)) {
    log_of_peer(PeerLine::kDebug, "", "a master fell silent; its chunks are dropped");
    part_with(peer);
  }
  const auto has_session = [&](const auto& peer) { return sessions_.knows(peer); };
  for (const auto& peer : memory_.stuck(now, has_session))
    if (hang_up(peer))
      log_of_peer(PeerLine::kWarning, "", "hung up on a master that does not read what it is sent");
  std::erase_if(connections_, [&](const auto& connection) {
    return !has_session(connection.first) && !memory_.owes(connection.first);
  });
}

void WorkerDaemon::beat(Nanoseconds now) {
  next_beat_ = now + kBeatPeriod;
  results_.expire(now);
  if (gate_) gate_->refresh();
  part_with_the_silent(now);
  const auto ticks = pool_->ticks();
  if (watchdog_.bites(ticks)) {
    spdlog::error("a lane hangs, and only the end of this process can free it");
    has_hung_ = is_leaving_ = true;
    return;
  }
  const auto ticks_of = [&](std::uint64_t id) {
    const auto it = ticks.find(id);
    return it != ticks.end() ? it->second : kTicksAtTheEnd;
  };
  for (const auto& peer : sessions_.peers())
    send(peer, beat_message(sessions_.tasks(peer, ticks_of)));
}

}  // namespace mandel
