// See run.h.
#include "master/job/run.h"

#include <algorithm>
#include <fmt/format.h>
#include <new>
#include <spdlog/spdlog.h>

#include "common/base/random.h"
#include "common/base/text.h"
#include "common/program/cli.h"
#include "common/program/log.h"

namespace mandel {
namespace {

// Counts that may be in memory or on their way there. See Plan's window.
constexpr std::uint64_t kWindowBytes = std::uint64_t{256} << 20;
constexpr std::uint32_t kWindowMin = 4;
constexpr Nanoseconds kTickPeriod = 100 * kMillisecond;
constexpr Nanoseconds kComplainAfter = 2 * kSecond;
constexpr Nanoseconds kOwnPause = kSecond;  // longer between two turns: we were suspended
constexpr int kEventsPerTurn = 256;         // of one host; then the others
// Grants wait no longer for others to go with: a turn in which many large results come takes long.
constexpr Nanoseconds kGrantsWaitMax = kMillisecond / 10;

// There is room for all of the opening and for something of the rest: without a store, the opening
// stays in memory until all above it is written.
std::uint32_t window_of(const Chunking& chunking, std::size_t columns) {
  const Opening& opening = chunking.opening();
  if (!chunking.is_whole()) return opening.chunks();
  const std::uint64_t row_bytes = columns * sizeof(std::uint32_t);
  const std::uint64_t left = kWindowBytes - std::min(kWindowBytes, opening.rows() * row_bytes);
  const std::uint64_t chunks = left / (chunking.rest_rows_max() * row_bytes);
  return opening.chunks() + std::max(kWindowMin, static_cast<std::uint32_t>(chunks));
}

// As the worker says; more pixels than there are can't have been undecided.
Rungs rungs_of(const wire::Result& head, std::uint64_t pixels) {
  const std::uint64_t second = std::min(pixels, head.undecided_first());
  const std::uint64_t third = std::min(second, head.undecided_second());
  return {pixels - second, second - third, third};
}

Plan::Config plan_config(const Run::Config& config, std::size_t workers) {
  std::vector<bool> done(config.chunking.chunks());
  for (const auto& [chunk, print] : config.done) done[chunk] = true;
  return {.chunks = config.chunking.chunks(),
          .window = window_of(config.chunking, config.axes->xs.size()),
          .audit = config.audit,
          .seed = random_number(),
          .done = std::move(done),
          .explained = config.explain,
          .has_rest = !config.chunking.is_whole(),
          .opening_share = config.chunking.opening().share(static_cast<std::uint32_t>(workers))};
}

}  // namespace

Run::Run(Crew& crew, Config config, Writer& writer, Wakeup& wakeup, StopSignals& signals)
    : config_(std::move(config)),
      chunking_(config_.chunking),
      writer_(writer),
      wakeup_(wakeup),
      signals_(signals),
      plan_(plan_config(config_, crew.size())),
      lane_time_(lane_listener()),
      progress_(config_.is_quiet, !is_log_json(), steady_now()),
      began_(steady_now()),
      cpu_began_(process_cpu_now()),
      last_turn_(began_),
      next_tick_(began_),
      crew_(crew),
      figures_(chunking_.chunks()) {
  MANDEL_ASSERT(config_.job_id != 0);
  outcome_.semantics = semantics_of(config_.job);
  if (config_.audit > 0) auditor_.emplace(config_.job, config_.axes, wakeup_);
  for (const auto& [chunk, print] : config_.done) {
    figures_[chunk].sum = print.sum;
    outcome_.sum += print.sum;
    pixels_done_ += pixels(chunk);
  }
  pixels_resumed_ = pixels_done_;
  outcome_.chunks_resumed = static_cast<std::uint32_t>(config_.done.size());
}

Outcome Run::run() {
  try {
    watch_crew(began_);
    while (!is_over_) turn();
  } catch (const std::bad_alloc&) {  // what is done is on the disk, and may be worth much
    stop(kExitWant, "memory has run out");
  } catch (const zmq::error_t& error) {  // for want of descriptors
    stop(kExitWant, error.what());
  }
  send_what_waits();
  progress_.clear();
  finish_outcome();
  return std::move(outcome_);
}

// None if nobody wants to know: then lanes' times are settled a little later, and better.
LaneTime::Listener Run::lane_listener() const {
  if (std::ranges::none_of(config_.observers, &RunObserver::wants_lanes)) return {};
  return [this](const LaneSlice& slice) {
    tell_observers([&](RunObserver& observer) { observer.told(slice); });
  };
}

// A worker of the crew that is new to this job. It may have a session already, from the job before.
void Run::enlist(WorkerId worker) {
  Host& host = crew_[worker];
  host.open_job(config_.job_id, config_.job);
  members_.push_back({.session = {},
                      .is_draining = !crew_.is_wanted(worker),
                      .is_second_name = crew_.is_second_name(worker),
                      .since = steady_now(),
                      .bytes_in_before = host.bytes_in(),
                      .bytes_out_before = host.bytes_out()});
  lane_time_.add_worker();
  WorkerTotals& totals = outcome_.workers.emplace_back();
  totals.label = host.label();
  totals.address = host.address();
  tell_observers([&](RunObserver& observer) { observer.enlisted(worker, totals.label); });
  if (host.is_ready()) join(worker);
}

// A worker that is named for the first time gets work as soon as it is there. One that is named no
// more finishes what it has.
void Run::watch_crew(Nanoseconds now) {
  crew_.refresh(now);
  while (members_.size() < crew_.size()) enlist(static_cast<WorkerId>(members_.size()));
  for (WorkerId worker = 0; worker < crew_.size(); ++worker) {
    const bool is_wanted = crew_.is_wanted(worker);
    if (members_[worker].is_draining) {
      drain(worker);
      if (is_wanted && crew_[worker].is_released()) call_back(worker, now);
    } else if (!is_wanted) {
      members_[worker].is_draining = true;
      members_[worker].is_second_name = crew_.is_second_name(worker);
      if (members_[worker].is_second_name) continue;  // the crew has said so
      spdlog::info("{} is not wanted any more; it finishes what it has", crew_[worker].label());
      if (members_[worker].session) tell_plan(event::Leaving{*members_[worker].session});
    }
  }
}

void Run::call_back(WorkerId worker, Nanoseconds now) {
  members_[worker].is_draining = false;
  if (!members_[worker].is_second_name) spdlog::info("{} is wanted again", crew_[worker].label());
  crew_[worker].call_back(now);
}

void Run::drain(WorkerId worker) {
  if (crew_[worker].is_released() || crew_[worker].is_dismissed()) return;
  if (members_[worker].session) {
    if (plan_.chunks_held(*members_[worker].session) > 0) return;
    lose(worker, {"", true});
  }
  crew_[worker].release();
}

void Run::turn() {
  sleep(steady_now());
  wakeup_.clear();
  const Nanoseconds now = steady_now();
  if (signals_.take()) return stop(kExitInterrupted, "interrupted");
  forgive_own_pause(now);
  watch_crew(now);
  poll_hosts(now);
  send_what_waits();
  watch_auditor();
  writer_.set_urgent(is_finished_ || plan_.is_short_of_room());
  watch_writer();
  watch_patience(now);
  tick(now);
  progress_.update(progress_state(now), now);
}

void Run::sleep(Nanoseconds now) {
  wakeup_.watch(sleeper_);
  signals_.watch(sleeper_);
  Nanoseconds until = next_tick_;
  for (const auto& host : crew_) {
    host->watch(sleeper_);
    until = std::min(until, host->next_timer());
  }
  crew_.watch(sleeper_);
  sleeper_.sleep(std::min(until, crew_.next_timer()) - now);
  last_sent_ = steady_now();
}

void Run::watch_rest() {
  if (chunking_.is_whole()) return;
  const auto chunks = config_.choose_rest(plan_.waits_for_rest());
  if (!chunks) return;
  chunking_.cut_rest(*chunks);
  figures_.resize(chunking_.chunks());
  writer_.cut_rest(*chunks);
  tell_plan(event::RestCut{*chunks, window_of(chunking_, columns())});
}

// At the time of the last sleep, which saw who had something to say. With a later time, a host that
// spoke since would look silent if this process had been stopped meanwhile.
void Run::poll_hosts(Nanoseconds now) {
  for (WorkerId worker = 0; worker < crew_.size(); ++worker) {
    for (int n = 0; n < kEventsPerTurn; ++n) {
      auto event = crew_.poll(worker, now);
      if (!event) break;
      handle(worker, *std::move(event));
      if (steady_now() - last_sent_ > kGrantsWaitMax) send_what_waits();
    }
  }
}

void Run::send_what_waits() {
  for (const auto& host : crew_) host->flush();
  last_sent_ = steady_now();
}

// After Ctrl-Z and fg, or a laptop's sleep, all workers look silent; but it was us.
void Run::forgive_own_pause(Nanoseconds now) {
  if (const Nanoseconds pause = now - last_turn_; pause > kOwnPause) {
    for (const auto& host : crew_) host->forgive(now);
    tell_plan(event::Paused{pause});
    if (unusable_since_) unusable_since_ = now;
  }
  last_turn_ = now;
}

void Run::tick(Nanoseconds now) {
  if (now < next_tick_) return;
  next_tick_ = now + kTickPeriod;
  tell_plan(event::Tick{});
  watch_absent(now);
  show_metrics(now);
  show_observers(now, false);
}

void Run::handle(WorkerId worker, HostEvent event) {
  if (auto* result = std::get_if<host_event::Result>(&event))
    return take_result(worker, std::move(*result));
  if (std::holds_alternative<host_event::Ready>(event)) return join(worker);
  if (const auto* lost = std::get_if<host_event::Lost>(&event)) return lose(worker, *lost);
  const SessionId session = members_[worker].session.value();
  if (const auto* beat = std::get_if<host_event::Beat>(&event))
    return take_beat(worker, beat->beat);
  if (std::holds_alternative<host_event::Leaving>(event)) {
    tell(PeerLine::kInfo, worker, " is shutting down and takes no more chunks");
    return tell_plan(event::Leaving{session});
  }
  const wire::Failure& failure = std::get<host_event::Failure>(event).failure;
  if (failure.job() != config_.job_id)
    return end_session(worker, "it sent a failure of another job");
  return_chunk(worker, {session, failure.chunk(), failure.attempt()}, printable(failure.reason()));
}

void Run::join(WorkerId worker) {
  const auto session = static_cast<SessionId>(worker_of_.size());
  worker_of_.push_back(worker);
  members_[worker].session = session;
  const WorkerInfo& info = crew_[worker].info();
  WorkerTotals& totals = outcome_.workers[worker];
  totals.host = info.host;
  totals.lanes = info.lanes;
  totals.kernel = info.kernel;
  tell(PeerLine::kDebug, worker,
       fmt::format(" is ready: {} lanes of {}", totals.lanes, totals.kernel));
  const Nanoseconds at = clock();
  tell_observers([&](RunObserver& observer) {
    observer.joined({worker, info.host, info.kernel, info.all_lanes}, at);
  });
  lane_time_.joined(worker, info.all_lanes, at);
  tell_plan(event::Joined{.session = session,
                          .worker = worker,
                          .incarnation = info.incarnation,
                          .capacity = {info.lanes, info.credit_max},
                          .machine = machine_of(worker)});
}

// A worker that dials in has a new number each time it is started.
WorkerId Run::machine_of(WorkerId worker) const {
  const std::string& machine = crew_[worker].machine();
  if (machine.empty()) return worker;
  const auto first =
      std::ranges::find_if(crew_, [&](const auto& host) { return host->machine() == machine; });
  return static_cast<WorkerId>(first - crew_.begin());
}

void Run::lose(WorkerId worker, const host_event::Lost& lost) {
  if (lost.is_orderly) {
    tell(PeerLine::kInfo, worker, " has left");
  } else {
    tell_lost(worker, lost.reason);
    ++outcome_.workers[worker].lost;
  }
  const auto how = lost.is_orderly ? RunObserver::Parting::kLeft : RunObserver::Parting::kLost;
  tell_observers([&](RunObserver& o) { o.parted(worker, how, lost.reason, clock()); });
  tell_plan(event::Lost{forget_session(worker), lost.is_orderly, lost.is_silent});
}

SessionId Run::forget_session(WorkerId worker) {
  lane_time_.lost(worker, clock());
  return std::exchange(members_[worker].session, std::nullopt).value();
}

// What the worker sent makes no sense. Its chunks go to others, and it may greet again.
void Run::end_session(WorkerId worker, const std::string& reason) {
  crew_[worker].hang_up(reason, steady_now());
  tell_lost(worker, reason);
  ++outcome_.workers[worker].refused;
  ++outcome_.workers[worker].lost;
  tell_observers(
      [&](RunObserver& o) { o.parted(worker, RunObserver::Parting::kLost, reason, clock()); });
  tell_plan(event::Lost{forget_session(worker), true});
}

void Run::tell(PeerLine level, WorkerId worker, const std::string& what) const {
  const std::string& label = crew_[worker].label();
  log_of_peer(level, label, label + what);
}

void Run::tell_lost(WorkerId worker, const std::string& reason) const {
  const std::string& label = crew_[worker].label();
  log_of_peer(PeerLine::kWarning, label, fmt::format("lost {}: {}", label, reason));
}

void Run::take_beat(WorkerId worker, const wire::Beat& beat) {
  event::Beat event{members_[worker].session.value(), {}};
  for (const wire::TaskState& task : beat.tasks())
    if (task.job() == config_.job_id)
      event.tasks.push_back({task.chunk(), task.attempt(), task.ticks()});
  tell_plan(event);
}

void Run::take_result(WorkerId worker, host_event::Result result) {
  const wire::Result& head = result.head;
  const SessionId session = members_[worker].session.value();
  if (head.job() != config_.job_id) return end_session(worker, "it sent a result of another job");
  if (head.chunk() >= chunking_.chunks())
    return end_session(worker, "it sent a result of a chunk that does not exist");
  const Nanoseconds received = clock();
  LaneTime::Arrival arrival{.worker = worker,
                            .chunk = head.chunk(),
                            .band = chunking_.band(head.chunk()),
                            .received = received,
                            .decoded = received,
                            .verified = received,
                            .bytes = result.body.size(),
                            .is_accepted = plan_.wants(session, head.chunk())};
  if (!arrival.is_accepted) {
    ++outcome_.late;
    record(arrival, head);
    return tell_plan(event::Done{session, head.chunk(), {}});
  }
  Nanoseconds decoded = began_ + received;
  auto counts = verified_counts(head, std::move(result.body), pixels(head.chunk()),
                                config_.job.max_iter, &decoded);
  if (!counts) {
    crew_[worker].acknowledge(head.chunk());  // so that it is not kept and sent again
    return return_chunk(worker, {session, head.chunk(), head.attempt()}, counts.error().what);
  }
  arrival.decoded = decoded - began_;
  arrival.verified = clock();
  const ChunkTimes times = record(arrival, head);
  in_hand_ = Delivery{.worker = worker,
                      .counts = *std::move(counts),
                      .print = claimed_fingerprint(head),
                      .computed_ns = times.computed_ns,
                      .rungs = rungs_of(head, pixels(head.chunk()))};
  tell_plan(event::Done{.session = session,
                        .chunk = head.chunk(),
                        .print = in_hand_->print,
                        .lanes_ns = times.computed_ns + times.encoded_ns,
                        .wire_ns = times.wire_ns(),
                        .prepared_ns = times.preparation_ns()});
  in_hand_.reset();
}

void Run::return_chunk(WorkerId worker, const Grant& grant, std::string reason) {
  log_of_peer(PeerLine::kWarning, crew_[worker].label(),
              fmt::format("chunk {} came back from {}: {}; it goes out again", grant.chunk,
                          crew_[worker].label(), reason));
  ++outcome_.workers[worker].refused;
  tell_observers([&](RunObserver& o) { o.returned(worker, grant.chunk, reason, clock()); });
  tell_plan(event::Returned{grant, std::move(reason)});
}

void Run::tell_plan(const Event& event) {
  for (const Action& action : plan_.on(event, steady_now()))
    std::visit([this](const auto& one) { execute(one); }, action);
  watch_rest();
}

void Run::watch_auditor() {
  if (!auditor_) return;
  while (const auto verdict = auditor_->take())
    tell_plan(event::Judged{verdict->chunk, verdict->liars});
}

void Run::watch_writer() {
  if (const auto error = writer_.error()) return stop(kExitOutput, error->what);
  if (const std::uint32_t freed = writer_.take_freed(); freed > 0) tell_plan(event::Freed{freed});
  if (!is_finished_) return;
  if (!plan_.set_aside().empty()) {
    writer_.give_up();
    if (writer_.is_idle())
      stop(kExitVerification,
           fmt::format("{} chunks could not be computed by any worker", plan_.set_aside().size()));
    return;
  }
  if (writer_.is_idle()) is_over_ = true;
}

// Asked again and again: the last that may be used can turn out to be one that was dismissed
// before, by a second name.
bool Run::is_trust_gone() const {
  if (outcome_.quarantined.empty() || crew_.may_change()) return false;
  for (WorkerId worker = 0; worker < crew_.size(); ++worker)
    if (!crew_[worker].is_dismissed() && crew_.is_wanted(worker)) return false;
  return true;
}

// A worker is of use if it delivers, or at least stays. One that greets and dies, over and over,
// must not keep a job alive for ever.
void Run::watch_patience(Nanoseconds now) {
  if (is_finished_) return;
  if (is_trust_gone())
    return stop(kExitVerification,
                "no worker is left that can be trusted: " + outcome_.quarantined.back());
  if (plan_.has_workers()) {
    if (!connected_since_) connected_since_ = now;
    if (now - *connected_since_ >= config_.patience) unusable_since_.reset();
    return;
  }
  connected_since_.reset();
  if (!unusable_since_) unusable_since_ = now;
  const Nanoseconds waited = now - *unusable_since_;
  if (waited < config_.patience) return;
  // Nothing was set aside: who dies with everything is no proof against a chunk.
  const std::string_view why =
      plan_.has_fallen() ? ": who came died again and again without a result, and if that is a "
                           "chunk's fault nobody has shown; see what the workers say"
                         : "";
  stop(kExitNoWorker, fmt::format("no worker could be used{}{}", why, crew_.advice()));
}

// One that was never there is told of though the others work; one that was lost has been, and is
// told of again when nobody is left.
void Run::watch_absent(Nanoseconds now) {
  if (is_finished_) return;
  const bool is_nobody_there = unusable_since_ && now - *unusable_since_ >= kComplainAfter;
  for (WorkerId worker = 0; worker < crew_.size(); ++worker) {
    const Host& host = crew_[worker];
    Member& member = members_[worker];
    const bool is_absent = !host.is_ready() && !host.is_dismissed() && !host.is_released();
    const bool is_late = !host.was_ever_ready() && now - member.since >= kComplainAfter;
    if (!is_absent || member.is_told_absent || !(is_late || is_nobody_there)) continue;
    member.is_told_absent = true;
    const std::string problem = host.problem();
    log_of_peer(
        PeerLine::kWarning, host.label(),
        fmt::format("{}: {}; still trying", host.label(), problem.empty() ? "no answer" : problem));
  }
}

void Run::stop(int exit_code, std::string problem) {
  if (is_over_) return;  // the first verdict stands
  outcome_.exit_code = exit_code;
  outcome_.problem = std::move(problem);
  if (!is_finished_) {
    outcome_.wall_ns = clock();
    lane_time_.end(outcome_.wall_ns);
  }
  is_over_ = true;
}

}  // namespace mandel
