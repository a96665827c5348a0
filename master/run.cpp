// See run.h.
#include "master/run.h"

#include <algorithm>
#include <fmt/format.h>
#include <random>
#include <spdlog/spdlog.h>

#include "common/cli.h"

namespace mandel {
namespace {

// Counts that may be in memory while an earlier chunk is missing. See Plan's window.
constexpr std::uint64_t kWindowBytes = std::uint64_t{256} << 20;
constexpr std::uint32_t kWindowMin = 4;
constexpr Nanoseconds kComplainAfter = 2 * kSecond;
constexpr Nanoseconds kNapMax = 100 * kMillisecond;  // keeps the progress bar moving
constexpr Nanoseconds kOwnPause = kSecond;           // longer between two turns: we were suspended
constexpr int kEventsPerTurn = 256;                  // of one host; then the others

std::uint64_t random_job_id() {
  std::random_device source;
  return ((std::uint64_t{source()} << 32) | source()) | 1;  // never 0
}

std::uint64_t chunk_bytes_max(const Run::Config& config) {
  return std::uint64_t{config.chunking.band(0).rows} * config.columns * sizeof(std::uint32_t);
}

std::uint32_t window(const Run::Config& config) {
  return std::max(kWindowMin, static_cast<std::uint32_t>(kWindowBytes / chunk_bytes_max(config)));
}

}  // namespace

Run::Run(zmq::context_t& context, Config config, Writer& writer, Wakeup& wakeup,
         StopSignals& signals)
    : config_(std::move(config)),
      job_id_(random_job_id()),
      writer_(writer),
      wakeup_(wakeup),
      signals_(signals),
      plan_(config_.chunking.chunks(), window(config_)),
      progress_(config_.is_quiet, steady_now()),
      began_(steady_now()),
      last_turn_(began_),
      session_of_(config_.targets.size()) {
  for (const Target& target : config_.targets) {
    hosts_.push_back(std::make_unique<Host>(
        context,
        Host::Config{target.label, target.endpoint, open_job(job_id_, config_.job),
                     chunk_bytes_max(config_)},
        began_));
    outcome_.workers.emplace_back().label = target.label;
  }
}

Outcome Run::run() {
  while (!is_over_) turn();
  progress_.clear();
  outcome_.chunks_done = plan_.chunks_done();
  for (std::size_t h = 0; h < hosts_.size(); ++h) {
    outcome_.workers[h].bytes_in = hosts_[h]->bytes_in();
    outcome_.workers[h].bytes_out = hosts_[h]->bytes_out();
    outcome_.workers[h].problem = hosts_[h]->is_ready() ? "" : hosts_[h]->problem();
    outcome_.workers[h].was_ever_ready = hosts_[h]->was_ever_ready();
  }
  return std::move(outcome_);
}

void Run::turn() {
  sleep(steady_now());
  wakeup_.clear();
  const Nanoseconds now = steady_now();
  if (signals_.take()) return stop(kExitInterrupted, "interrupted");
  forgive_own_pause(now);
  poll_hosts();
  watch_writer();
  watch_patience(now);
  progress_.update(progress_state(now), now);
}

void Run::sleep(Nanoseconds now) {
  std::vector<zmq::pollitem_t> items = {{nullptr, wakeup_.fd(), ZMQ_POLLIN, 0},
                                        {nullptr, signals_.fd(), ZMQ_POLLIN, 0}};
  Nanoseconds until = now + kNapMax;
  for (const auto& host : hosts_) {
    host->add_poll_items(items);
    until = std::min(until, host->next_timer());
  }
  wait_for(items, until - now);
}

void Run::poll_hosts() {
  for (std::size_t h = 0; h < hosts_.size(); ++h) {
    for (int n = 0; n < kEventsPerTurn; ++n) {
      auto event = hosts_[h]->poll(steady_now());
      if (!event) break;
      handle(h, *std::move(event));
    }
  }
}

// After Ctrl-Z and fg, or a laptop's sleep, everybody looks silent; it was us.
void Run::forgive_own_pause(Nanoseconds now) {
  if (now - last_turn_ > kOwnPause) {
    for (const auto& host : hosts_) host->forgive(now);
    if (unusable_since_) unusable_since_ = now;
  }
  last_turn_ = now;
}

void Run::handle(std::size_t h, HostEvent event) {
  if (auto* result = std::get_if<host_event::Result>(&event))
    return take_result(h, std::move(*result));
  WorkerTotals& totals = outcome_.workers[h];
  if (const auto* ready = std::get_if<host_event::Ready>(&event)) {
    const auto id = static_cast<WorkerId>(host_of_.size());
    host_of_.push_back(h);
    session_of_[h] = id;
    totals.host = hosts_[h]->welcome().host();
    totals.lanes = ready->lanes;
    totals.kernel = printable(hosts_[h]->welcome().lanes(0).kernel());
    spdlog::debug("{} is ready: {} lanes of {}", totals.label, totals.lanes, totals.kernel);
    return execute(plan_.on(event::Joined{id, {ready->lanes, ready->credit_max}}));
  }
  const WorkerId id = session_of_[h].value();
  if (const auto* lost = std::get_if<host_event::Lost>(&event)) {
    if (lost->reason == Host::kLeft) {
      spdlog::info("{} has left", totals.label);
    } else {
      spdlog::warn("lost {}: {}", totals.label, lost->reason);
      ++totals.lost;
    }
    session_of_[h].reset();
    return execute(plan_.on(event::Lost{id}));
  }
  if (std::holds_alternative<host_event::Leaving>(event)) {
    spdlog::info("{} is shutting down and takes no more chunks", totals.label);
    return execute(plan_.on(event::Leaving{id}));
  }
  const wire::Failure& failure = std::get<host_event::Failure>(event).failure;
  const Grant grant{id, failure.chunk(), failure.attempt()};
  if (failure.job() == job_id_ && plan_.wants(grant))
    return_chunk(h, grant, printable(failure.reason()));
}

void Run::take_result(std::size_t h, host_event::Result result) {
  const wire::Result& head = result.head;
  const Grant grant{session_of_[h].value(), head.chunk(), head.attempt()};
  if (head.job() != job_id_ || !plan_.wants(grant)) return;  // late: a copy was faster
  auto counts =
      verified_counts(head, std::move(result.body), pixels(grant.chunk), config_.job.max_iter);
  if (!counts) return return_chunk(h, grant, counts.error().what);
  in_hand_ = *std::move(counts);
  in_hand_sum_ = head.sum();
  // A figure of the peer's, for the table only; no lane can have computed for longer than we run.
  const std::uint64_t lane_ns_max =
      static_cast<std::uint64_t>(steady_now() - began_) * outcome_.workers[h].lanes;
  in_hand_computed_ = static_cast<Nanoseconds>(std::min(head.computed_ns(), lane_ns_max));
  execute(plan_.on(event::Done{grant}));
  in_hand_.reset();
}

void Run::return_chunk(std::size_t h, const Grant& grant, std::string reason) {
  spdlog::warn("chunk {} came back from {}: {}; it goes out again", grant.chunk, hosts_[h]->label(),
               reason);
  ++outcome_.workers[h].refused;
  execute(plan_.on(event::Returned{grant, std::move(reason)}));
}

void Run::execute(const std::vector<Action>& actions) {
  for (const Action& action : actions)
    std::visit([this](const auto& one) { execute(one); }, action);
}

void Run::execute(const action::Send& send) {
  const Band band = config_.chunking.band(send.grant.chunk);
  wire::Envelope envelope;
  wire::Task& task = *envelope.mutable_task();
  task.set_job(job_id_);
  task.set_chunk(send.grant.chunk);
  task.set_attempt(send.grant.attempt);
  task.set_first_row(band.first_row);
  task.set_rows(band.rows);
  hosts_[host_of_[send.grant.worker]]->send(envelope);
}

void Run::execute(const action::Cancel& cancel) {
  wire::Envelope envelope;
  wire::Cancel& message = *envelope.mutable_cancel();
  message.set_job(job_id_);
  message.set_chunk(cancel.grant.chunk);
  message.set_attempt(cancel.grant.attempt);
  hosts_[host_of_[cancel.grant.worker]]->send(envelope);
}

void Run::execute(const action::Accept& accept) {
  MANDEL_ASSERT(in_hand_.has_value());
  WorkerTotals& totals = outcome_.workers[host_of_[accept.grant.worker]];
  ++totals.chunks;
  totals.pixels += pixels(accept.grant.chunk);
  totals.computed_ns += in_hand_computed_;
  outcome_.sum += in_hand_sum_;
  unusable_since_.reset();
  pixels_done_ += pixels(accept.grant.chunk);
  writer_.put(accept.grant.chunk, *std::move(in_hand_));
}

void Run::execute(const action::Dismiss& dismiss) {
  const std::size_t h = host_of_[dismiss.worker];
  spdlog::error("{} failed {} times in a row and is not used any more: {}", hosts_[h]->label(),
                Plan::kReturnsInARowMax, dismiss.reason);
  session_of_[h].reset();
  hosts_[h]->dismiss(dismiss.reason);
  if (std::ranges::all_of(hosts_, [](const auto& host) { return host->is_dismissed(); }))
    stop(kExitVerification, "every worker failed too often");
}

void Run::execute(const action::Abandon& abandon) { stop(kExitVerification, abandon.reason); }

void Run::execute(const action::Finish&) { outcome_.wall_ns = steady_now() - began_; }

void Run::watch_writer() {
  if (const auto error = writer_.error()) return stop(kExitOutput, error->what);
  const std::uint32_t written = writer_.written();
  if (written == written_) return;
  written_ = written;
  execute(plan_.on(event::Written{written}));
  if (written == config_.chunking.chunks()) is_over_ = true;
}

// A worker is of use when it delivers, or at least stays. One that greets and dies, over and over,
// must not keep a job alive for ever.
void Run::watch_patience(Nanoseconds now) {
  if (plan_.is_finished()) return;
  if (plan_.has_workers()) {
    if (!connected_since_) connected_since_ = now;
    if (now - *connected_since_ >= config_.patience) unusable_since_.reset();
    return;
  }
  connected_since_.reset();
  if (!unusable_since_) unusable_since_ = now;
  const Nanoseconds waited = now - *unusable_since_;
  if (waited >= config_.patience) return stop(kExitNoWorker, "no worker could be used");
  if (waited >= kComplainAfter && !has_complained_) complain_about_absent();
}

void Run::complain_about_absent() {
  has_complained_ = true;
  for (const auto& host : hosts_)
    if (!host->is_ready() && !host->is_dismissed())
      spdlog::warn("{}: {}; still trying", host->label(),
                   host->problem().empty() ? "no answer" : host->problem());
}

void Run::stop(int exit_code, std::string problem) {
  if (is_over_) return;  // the first verdict stands
  outcome_.exit_code = exit_code;
  outcome_.problem = std::move(problem);
  outcome_.wall_ns = steady_now() - began_;
  is_over_ = true;
}

ProgressState Run::progress_state(Nanoseconds now) const {
  const auto workers = std::ranges::count_if(hosts_, [](const auto& h) { return h->is_ready(); });
  return {config_.chunking.chunks(),
          plan_.chunks_done(),
          std::uint64_t{config_.chunking.rows()} * config_.columns,
          pixels_done_,
          static_cast<std::uint32_t>(workers),
          now - began_};
}

std::uint64_t Run::pixels(ChunkId chunk) const {
  return std::uint64_t{config_.chunking.band(chunk).rows} * config_.columns;
}

}  // namespace mandel
