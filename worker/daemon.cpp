// See daemon.h. The loop sleeps in one poll over the link, the lanes' wakeup and the signals, and a
// timer bounds the sleep.
#include "worker/daemon.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <new>
#include <random>
#include <spdlog/spdlog.h>
#include <unistd.h>
#include <utility>

#include "common/clock.h"
#include "common/version.h"

namespace mandel {
namespace {

constexpr Nanoseconds kBeatPeriod = 500 * kMillisecond;
constexpr int kMessagesPerTurn = 256;             // then look at the lanes and the clock again
constexpr Nanoseconds kFlushTime = 30 * kSecond;  // for the last results, when leaving

std::string host_name() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

std::uint64_t random_id() {
  std::random_device source;
  return (std::uint64_t{source()} << 32) | source();
}

// Enough that a master can keep all lanes busy over one round trip of tiny chunks.
std::size_t credit_max(std::size_t lanes) { return 4 * lanes + 8; }

// Counts on their way through ZeroMQ, and the session's tally of what is not sent yet.
struct Body {
  std::unique_ptr<std::uint32_t[]> counts;
  std::int64_t bytes;
  Sessions::Unsent unsent;
  ~Body() { *unsent -= bytes; }
};

void free_body(void*, void* hint) { delete static_cast<Body*>(hint); }

// Hands the counts to ZeroMQ without a copy.
zmq::message_t body_of(std::unique_ptr<std::uint32_t[]> counts, std::size_t count,
                       const Sessions::Unsent& unsent) {
  const std::size_t bytes = count * sizeof(std::uint32_t);
  *unsent += static_cast<std::int64_t>(bytes);
  auto* body = new Body{std::move(counts), static_cast<std::int64_t>(bytes), unsent};
  return {body->counts.get(), bytes, free_body, body};
}

wire::Envelope goodbye() {
  wire::Envelope envelope;
  envelope.mutable_goodbye();
  return envelope;
}

TaskKey key_of(const auto& message) { return {message.job(), message.chunk(), message.attempt()}; }

void set_key(auto& message, const TaskKey& key) {
  message.set_job(key.job);
  message.set_chunk(key.chunk);
  message.set_attempt(key.attempt);
}

}  // namespace

Result<std::unique_ptr<WorkerDaemon>> WorkerDaemon::start(zmq::context_t& context, Config config) {
  // Results, beats and refusals that may wait for one master; credit keeps it far from full.
  const int queue_max = static_cast<int>(2 * credit_max(config.lanes.size()) + 64);
  auto link = ListenLink::bind(context, config.endpoint, queue_max);
  if (!link) return tl::unexpected(link.error());
  return std::unique_ptr<WorkerDaemon>(new WorkerDaemon(*std::move(link), std::move(config)));
}

WorkerDaemon::WorkerDaemon(ListenLink link, Config config)
    : link_(std::move(link)),
      config_(std::move(config)),
      host_(host_name()),
      incarnation_(random_id()),
      sessions_({.tasks_per_session = credit_max(config_.lanes.size())}) {
  // The fingerprint is taken on the lane's thread: the loop never computes.
  pool_ = std::make_unique<LanePool>(config_.lanes, [this](LaneResult result) {
    Fingerprint print;
    if (result.counts) print = fingerprint({result.counts.get(), result.count});
    {
      const std::lock_guard lock(finished_mutex_);
      finished_.push_back({std::move(result), print});
    }
    wakeup_.ring();
  });
}

WorkerDaemon::~WorkerDaemon() = default;

void WorkerDaemon::request_stop() {
  ++stop_requests_;
  wakeup_.ring();
}

void WorkerDaemon::run() {
  std::vector<zmq::pollitem_t> items = {link_.poll_item(), {nullptr, wakeup_.fd(), ZMQ_POLLIN, 0}};
  if (config_.signals != nullptr) items.push_back({nullptr, config_.signals->fd(), ZMQ_POLLIN, 0});
  while (!is_done(steady_now())) {
    wait_for(items, next_beat_ - steady_now());
    for (int n = 0; n < kMessagesPerTurn; ++n) {
      auto incoming = link_.receive();
      if (!incoming) break;
      // Making a job's coordinates takes milliseconds: beats and others go in between.
      const bool is_slow = incoming->message && incoming->message->head.has_open_job();
      handle(*std::move(incoming));
      if (is_slow) break;
    }
    heed_stop_requests();
    take_finished();
    feed_lanes();
    const Nanoseconds now = steady_now();
    say_goodbye_once_drained(now);
    if (now >= next_beat_) beat(now);
  }
  if (drained_by_ == 0) say_to_all(goodbye());
}

bool WorkerDaemon::is_done(Nanoseconds now) const {
  return is_leaving_ || (drained_by_ != 0 && (sessions_.count() == 0 || now > drained_by_));
}

// The last results may take long to cross a slow network, and closing the socket would cut them
// off: goodbye goes out behind them, and masters that have read it hang up.
void WorkerDaemon::say_goodbye_once_drained(Nanoseconds now) {
  if (!is_draining_ || drained_by_ != 0 || sessions_.queued() > 0 || !in_lanes_.empty()) return;
  say_to_all(goodbye());
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
    spdlog::log(
        config_.signals != nullptr ? spdlog::level::info : spdlog::level::debug,
        "draining: {} chunks to finish, {} masters connected; a second signal leaves at once",
        sessions_.queued() + in_lanes_.size(), sessions_.count());
    wire::Envelope leaving;
    leaving.mutable_leaving();
    say_to_all(leaving);
  }
  if (stop_requests_ >= 2) is_leaving_ = true;
}

void WorkerDaemon::handle(ListenLink::Incoming incoming) {
  const Sessions::Peer& peer = incoming.peer;
  if (!incoming.message) return refuse(peer, incoming.message.error());
  sessions_.heard(peer, steady_now());
  if (const auto obeyed = obey(peer, incoming.message->head); !obeyed) refuse(peer, obeyed.error());
}

FromPeer<void> WorkerDaemon::obey(const Sessions::Peer& peer, const wire::Envelope& head) {
  if (head.has_hello()) return welcome(peer, head.hello());
  if (!sessions_.knows(peer)) return blame_peer("a message before hello");
  switch (head.kind_case()) {
    case wire::Envelope::kOpenJob:
      return open_job(peer, head.open_job());
    case wire::Envelope::kTask:
      return enqueue(peer, head.task());
    case wire::Envelope::kCancel:
      cancel(peer, head.cancel());
      return {};
    case wire::Envelope::kBeat:
      return {};
    case wire::Envelope::kGoodbye:
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
  if (auto greeted = sessions_.greet(peer, steady_now()); !greeted) return greeted;
  wire::Envelope envelope;
  wire::Welcome& message = *envelope.mutable_welcome();
  message.set_protocol(*version);
  message.set_software(fmt::format("mandel {}", kVersion));
  message.set_host(host_);
  message.set_incarnation(incarnation_);
  message.set_chunks_max(static_cast<std::uint32_t>(sessions_.limits().tasks_per_session));
  for (const Lane& lane : config_.lanes) {
    wire::Lane& entry = *message.add_lanes();
    entry.set_kernel(std::string(lane.backend->name));
    entry.set_device(std::string(lane.backend->device));
    entry.set_semantics(std::string(lane.backend->semantics));
  }
  send(peer, envelope);
  spdlog::debug("a master joined: {}; {} now", printable(hello.software()), sessions_.count());
  return {};
}

FromPeer<void> WorkerDaemon::open_job(const Sessions::Peer& peer, const wire::OpenJob& message) {
  const auto job = job_of(message);
  if (!job) return tl::unexpected(job.error());
  try {
    return sessions_.open(peer, message.job(),
                          {std::make_shared<const Axes>(axes_of(*job)), job->max_iter});
  } catch (const std::bad_alloc&) {
    return blame_peer("not enough memory here for the coordinates of so large a job");
  }
}

FromPeer<void> WorkerDaemon::enqueue(const Sessions::Peer& peer, const wire::Task& message) {
  // Even while draining: a task that crossed our Leaving on the way is worth finishing.
  return sessions_.enqueue(peer,
                           {key_of(message), message.first_row(), message.rows(), steady_now()});
}

void WorkerDaemon::cancel(const Sessions::Peer& peer, const wire::Cancel& message) {
  const TaskKey key = key_of(message);
  if (sessions_.cancel(peer, key)) return;
  for (const auto& [id, in_lanes] : in_lanes_)
    if (in_lanes.session.peer == peer && in_lanes.task.key == key) pool_->cancel(id);
}

void WorkerDaemon::refuse(const Sessions::Peer& peer, const PeerError& error) {
  // At most one line a second, however much nonsense comes in.
  if (const Nanoseconds now = steady_now(); now >= next_complaint_) {
    next_complaint_ = now + kSecond;
    spdlog::warn("refused a peer: {} ({} refused before)", error.what, sessions_.blamed());
  }
  wire::Envelope refusal;
  refusal.mutable_refusal()->set_reason(error.what);
  link_.send(peer, refusal);
  end_session(peer);
  sessions_.blame(peer);
}

void WorkerDaemon::end_session(const Sessions::Peer& peer) {
  sessions_.drop(peer);
  for (const auto& [id, in_lanes] : in_lanes_)
    if (in_lanes.session.peer == peer) pool_->cancel(id);
}

// Keeps a task waiting behind every lane's present one, and no more, so that what goes next is
// decided as late as possible: fairness among masters and cancelling stay exact.
void WorkerDaemon::feed_lanes() {
  while (in_lanes_.size() < 2 * config_.lanes.size()) {
    auto picked = sessions_.pick();
    if (!picked) return;
    const std::uint64_t id = next_lane_id_++;
    in_lanes_.emplace(id, InLanes{picked->session, picked->unsent, picked->task, steady_now()});
    pool_->submit(
        {id, picked->job.axes, picked->task.first_row, picked->task.rows, picked->job.max_iter});
  }
}

void WorkerDaemon::take_finished() {
  std::deque<Finished> finished;
  {
    const std::lock_guard lock(finished_mutex_);
    finished.swap(finished_);
  }
  for (Finished& one : finished) {
    const auto node = in_lanes_.extract(one.result.id);
    MANDEL_ASSERT(!node.empty());
    sessions_.settle(node.mapped().session, static_cast<Nanoseconds>(one.result.computed_ns));
    report(node.mapped(), std::move(one));
  }
}

void WorkerDaemon::report(const InLanes& in_lanes, Finished finished) {
  if (!sessions_.is_current(in_lanes.session)) return;
  LaneResult& result = finished.result;
  wire::Envelope envelope;
  if (!result.failure.empty()) {
    spdlog::error("a chunk failed: {}", result.failure);
    set_key(*envelope.mutable_failure(), in_lanes.task.key);
    envelope.mutable_failure()->set_reason(result.failure);
    return send(in_lanes.session.peer, envelope);
  }
  if (result.stats.stopped) return;  // cancelled: nobody waits for it
  wire::Result& message = *envelope.mutable_result();
  set_key(message, in_lanes.task.key);
  message.set_sum(finished.fingerprint.sum);
  message.set_hash_low(finished.fingerprint.hash_low);
  message.set_hash_high(finished.fingerprint.hash_high);
  message.set_encoding(wire::RAW_U32);
  message.set_residence_ns(static_cast<std::uint64_t>(steady_now() - in_lanes.task.arrived));
  message.set_waited_ns(static_cast<std::uint64_t>(in_lanes.handed - in_lanes.task.arrived) +
                        result.waited_ns);
  message.set_computed_ns(result.computed_ns);
  message.set_iterations_executed(result.stats.executed);
  message.set_iterations_skipped(result.stats.skipped);
  send(in_lanes.session.peer, envelope,
       body_of(std::move(result.counts), result.count, in_lanes.unsent));
}

// A peer that can't be sent to is gone; its tasks are too.
void WorkerDaemon::send(const Sessions::Peer& peer, const wire::Envelope& head,
                        std::optional<zmq::message_t> body) {
  if (!link_.send(peer, head, std::move(body))) end_session(peer);
}

void WorkerDaemon::beat(Nanoseconds now) {
  next_beat_ = now + kBeatPeriod;
  for (const auto& peer : sessions_.silent(now)) {
    spdlog::debug("a master fell silent; its chunks are dropped");
    end_session(peer);
  }
  wire::Envelope envelope;
  envelope.mutable_beat();
  say_to_all(envelope);
}

}  // namespace mandel
