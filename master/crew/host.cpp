// See host.h.
#include "master/crew/host.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "common/base/protocol_times.h"
#include "common/base/text.h"

namespace mandel {
namespace {

constexpr Nanoseconds kGreetingTime = 5 * kSecond;  // dialling included; then start over
constexpr std::size_t kAcksMax = 4096;  // in one message: keeps a head far below its limit

}  // namespace

Host::Host(Config config, Nanoseconds now) : config_(std::move(config)), silence_(kWorkerSilence) {
  connect(now);
}

Host::~Host() {
  if (is_ready()) say_goodbye();
  if (link_) close_link();
}

void Host::say_goodbye() {
  flush();
  link_->send(goodbye_message());
  has_said_goodbye_ = true;
}

void Host::connect(Nanoseconds now) {
  auto link = config_.connector->connect();
  if (!link) {
    lose(link.error().what, now);
    return;
  }
  is_away_ = *link == nullptr;
  if (is_away_) return;
  link_ = *std::move(link);
  link_->send(hello_message());  // waits in the socket until the connection stands
  state_ = State::kGreeting;
  is_clogged_ = false;
  due_ = now + kGreetingTime;
}

void Host::close_link() {
  if (!link_) return;
  batch_ = {};
  takes_batches_ = false;
  closed_bytes_in_ += link_->bytes_in();
  closed_bytes_out_ += link_->bytes_out();
  if (!std::exchange(has_said_goodbye_, false)) link_->discard();
  link_.reset();
}

void Host::hang_up(std::string reason, Nanoseconds now) { lose(std::move(reason), now); }

std::optional<HostEvent> Host::lose(std::string reason, Nanoseconds now, bool is_orderly) {
  const bool was_ready = is_ready();
  has_left_ = is_orderly;
  acked_.clear();
  close_link();
  state_ = State::kPausing;
  due_ = now + (config_.connector->has_more() ? 0 : backoff_.next_pause());
  problem_ = std::move(reason);
  is_explained_ = true;
  if (!was_ready) return std::nullopt;
  return host_event::Lost{problem_, is_orderly};
}

void Host::dismiss(std::string reason) {
  if (link_) close_link();
  config_.connector->close();
  state_ = State::kDismissed;
  problem_ = std::move(reason);
}

void Host::release() {
  if (is_dismissed()) return;
  if (is_ready()) say_goodbye();
  if (link_) close_link();
  acked_.clear();
  state_ = State::kReleased;
  has_left_ = true;
  problem_ = "it was taken off the list";
}

void Host::call_back(Nanoseconds now) {
  if (!is_released()) return;
  state_ = State::kPausing;
  due_ = now;
}

std::optional<HostEvent> Host::poll(Nanoseconds now) {
  if (state_ == State::kPausing && now >= due_) connect(now);
  while (link_) {
    auto message = link_->receive();
    if (!message) break;
    if (!*message) return lose("it sent " + message->error().what, now);
    if (auto event = read(**std::move(message), now)) return event;
  }
  // Looked at after the messages: what came before the end still counts.
  if (const auto end = link_ ? link_->ended() : std::nullopt) {
    auto lost = lose(config_.connector->explain(*end), now);
    is_explained_ = *end != LinkEnd::kClosed && *end != LinkEnd::kUnreached && !problem_.empty();
    return lost;
  }
  if (state_ == State::kGreeting && now >= due_) {
    lose("no answer", now);
    is_explained_ = false;
    return std::nullopt;
  }
  if (!is_ready()) return std::nullopt;
  if (is_clogged_) return lose("it does not read what it is sent", now);
  if (now - heard_ > silence_) {
    // A long result on a slow link holds up the beats behind it: be more patient next time.
    silence_ = std::min(2 * silence_, kWorkerSilenceMax);
    auto lost = lose(fmt::format("silent for {:.0f} s", seconds(now - heard_)), now);
    if (lost) std::get<host_event::Lost>(*lost).is_silent = true;
    return lost;
  }
  if (now >= next_beat_ || acked_.size() >= kAcksMax) beat(now);
  return std::nullopt;
}

void Host::beat(Nanoseconds now) {
  next_beat_ = now + kBeatPeriod;
  send(beat_message(job_id_, acked_));
  acked_.clear();
}

void Host::open_job(std::uint64_t id, const Job& job) {
  if (job_id_ != 0) past_jobs_.push_back(job_id_);
  if (is_ready()) {
    if (!acked_.empty()) beat(steady_now());  // they are the past job's
    send(open_job_message(id, job));
  }
  job_id_ = id;
  job_ = job;
}

// A cancelled backup may have been finished all the same.
bool Host::is_of_past_job(const wire::Envelope& head) {
  const auto is_past = [&](std::uint64_t job) { return std::ranges::count(past_jobs_, job) > 0; };
  if (head.has_failure()) return is_past(head.failure().job());
  if (!head.has_result() || !is_past(head.result().job())) return false;
  send(beat_message(head.result().job(), {head.result().chunk()}));
  return true;
}

std::optional<HostEvent> Host::read(Message message, Nanoseconds now) {
  heard_ = now;
  wire::Envelope& head = message.head;
  if (head.has_refusal()) return lose("it refused: " + printable(head.refusal().reason()), now);
  if (head.has_goodbye()) {
    say_goodbye();  // so that it need not wait for us
    return lose("it left", now, true);
  }
  if (head.has_welcome() && state_ == State::kGreeting) return begin_session(head.welcome(), now);
  if (!is_ready()) return lose("it sent a message before its welcome", now);
  if (is_of_past_job(head)) return std::nullopt;
  switch (head.kind_case()) {
    case wire::Envelope::kBeat:
      return host_event::Beat{std::move(*head.mutable_beat())};
    case wire::Envelope::kLeaving:
      return host_event::Leaving{};
    case wire::Envelope::kResult:
      return host_event::Result{std::move(*head.mutable_result()), std::move(message.body)};
    case wire::Envelope::kFailure:
      return host_event::Failure{std::move(*head.mutable_failure())};
    default:
      return lose("it sent a message that has no place here", now);
  }
}

std::optional<HostEvent> Host::begin_session(const wire::Welcome& welcome, Nanoseconds now) {
  if (welcome.protocol() < kProtocolMin || welcome.protocol() > kProtocolMax)
    return lose(fmt::format("it answered in protocol version {}: {}", welcome.protocol(),
                            version_gap({}, {welcome.protocol(), welcome.protocol()})),
                now);
  if (auto problem = why_unfit(welcome, config_.semantics); !problem.empty())
    return lose(std::move(problem), now);
  info_ = info_of(welcome, config_.semantics);
  process_ = Process{config_.connector->peer().key, info_.incarnation};
  was_taken_on_ = false;
  has_encoding_ = std::ranges::count(welcome.encodings(), encoding()) > 0;
  takes_batches_ = welcome.protocol() >= kBatchesSince;
  state_ = State::kReady;
  has_left_ = false;
  problem_.clear();
  next_beat_ = heard_ + kBeatPeriod;
  return host_event::Ready{};
}

void Host::take_on() {
  was_taken_on_ = was_ever_ready_ = true;
  if (job_id_ != 0) send(open_job_message(job_id_, job_));
}

std::string Host::problem() const {
  const std::string reason = is_away_ ? config_.connector->waits_for() : "";
  return reason.empty() ? problem_ : reason;
}

std::optional<Connector::Peer> Host::silent_peer() const {
  if (was_ever_ready_ || is_explained_ || !config_.connector->waits_for().empty())
    return std::nullopt;
  const auto peer = config_.connector->peer();
  return peer.numeric ? std::optional(peer) : std::nullopt;
}

bool Host::also_dial(std::vector<Address> names) {
  return config_.connector->also_dial(std::move(names));
}

void Host::forgive(Nanoseconds now) { heard_ = now; }

void Host::send(wire::Envelope envelope) {
  if (!takes_batches_ || !batch_.put(envelope, {}, [this] { flush(); })) send_now(envelope);
}

void Host::flush() {
  if (!batch_.is_empty()) send_now(batch_.take().head);
}

void Host::send_now(const wire::Envelope& envelope) {
  // A full queue means a peer that has not read for long: nothing is lost if the session ends.
  if (link_ && !link_->send(envelope)) is_clogged_ = true;
}

void Host::send_task(ChunkId chunk, std::uint32_t attempt, const Band& band) {
  const TaskOrder order{.job = job_id_,
                        .chunk = chunk,
                        .attempt = attempt,
                        .band = band,
                        .encoding = has_encoding_ ? encoding() : wire::ENCODING_UNSPECIFIED};
  send(task_message(order, acked_));
  acked_.clear();
}

void Host::cancel(ChunkId chunk, std::uint32_t attempt) {
  send(cancel_message(job_id_, chunk, attempt));
}

Nanoseconds Host::next_timer() const {
  switch (state_) {
    case State::kPausing:
      if (is_away_) break;
      return due_;
    case State::kGreeting:
      return due_;
    case State::kReady:
      return std::min(next_beat_, heard_ + silence_);
    case State::kReleased:
    case State::kDismissed:
      break;
  }
  return steady_now() + kSecond;
}

void Host::watch(Sleeper& sleeper) {
  flush();
  if (link_) link_->watch(sleeper);
}

std::uint64_t Host::bytes_in() const { return closed_bytes_in_ + (link_ ? link_->bytes_in() : 0); }

std::uint64_t Host::bytes_out() const {
  if (!was_ever_ready_) return 0;  // greetings that wait for a connection went nowhere
  return closed_bytes_out_ + (link_ ? link_->bytes_out() : 0);
}

}  // namespace mandel
