// See host.h.
#include "master/host.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "common/version.h"
#include "kernels/kernel.h"

namespace mandel {
namespace {

constexpr Nanoseconds kGreetingTime = 5 * kSecond;  // dialling included; then start over
constexpr Nanoseconds kSilence = 3 * kSecond;       // six of the worker's beats
constexpr Nanoseconds kSilenceMax = 120 * kSecond;  // the largest chunk on a 2 Mbit/s link
constexpr Nanoseconds kBeatPeriod = 500 * kMillisecond;
constexpr Nanoseconds kPauseMin = 50 * kMillisecond;
constexpr Nanoseconds kPauseMax = 2 * kSecond;

}  // namespace

Host::Host(zmq::context_t& context, Config config, Nanoseconds now)
    : context_(context), config_(std::move(config)), pause_(kPauseMin), silence_(kSilence) {
  dial(now);
}

Host::~Host() {
  if (is_ready()) say_goodbye();
  if (link_) close_link();
}

void Host::say_goodbye() {
  wire::Envelope goodbye;
  goodbye.mutable_goodbye();
  link_->send(goodbye);
  has_said_goodbye_ = true;
}

void Host::dial(Nanoseconds now) {
  link_ = std::make_unique<DialLink>(context_, config_.endpoint, config_.body_bytes_max);
  wire::Envelope envelope;
  wire::Hello& hello = *envelope.mutable_hello();
  hello.set_protocol_min(kProtocolMin);
  hello.set_protocol_max(kProtocolMax);
  hello.set_software(fmt::format("mandel {}", kVersion));
  link_->send(envelope);  // waits in the socket until the connection stands
  state_ = State::kGreeting;
  is_clogged_ = false;
  due_ = now + kGreetingTime;
}

void Host::close_link() {
  closed_bytes_in_ += link_->bytes_in();
  closed_bytes_out_ += link_->bytes_out();
  if (!std::exchange(has_said_goodbye_, false)) link_->discard();
  link_.reset();
}

std::optional<HostEvent> Host::hang_up(std::string reason, Nanoseconds now) {
  const bool was_ready = is_ready();
  close_link();
  state_ = State::kPausing;
  due_ = now + pause_;
  pause_ = std::min(2 * pause_, kPauseMax);
  problem_ = std::move(reason);
  if (!was_ready) return std::nullopt;
  return host_event::Lost{problem_};
}

void Host::dismiss(std::string reason) {
  if (link_) close_link();
  state_ = State::kDismissed;
  problem_ = std::move(reason);
}

std::optional<HostEvent> Host::poll(Nanoseconds now) {
  if (state_ == State::kPausing && now >= due_) dial(now);
  while (link_) {
    auto message = link_->receive();
    if (!message) break;
    if (!*message) return hang_up("it sent " + message->error().what, now);
    if (auto event = read(**std::move(message), now)) return event;
  }
  // Looked at after the messages: what came before the end still counts.
  if (link_ && link_->is_lost()) return hang_up("the connection was closed", now);
  if (state_ == State::kGreeting && now >= due_) return hang_up("no answer", now);
  if (!is_ready()) return std::nullopt;
  if (is_clogged_) return hang_up("it does not read what it is sent", now);
  if (now - heard_ > silence_) {
    // A long result on a slow link holds up the beats behind it: be more patient next time.
    silence_ = std::min(2 * silence_, kSilenceMax);
    return hang_up(fmt::format("silent for {:.0f} s", seconds(now - heard_)), now);
  }
  if (now >= next_beat_) {
    next_beat_ = now + kBeatPeriod;
    wire::Envelope beat;
    beat.mutable_beat();
    send(beat);
  }
  return std::nullopt;
}

std::optional<HostEvent> Host::read(Message message, Nanoseconds now) {
  heard_ = now;
  wire::Envelope& head = message.head;
  if (head.has_refusal()) return hang_up("it refused: " + printable(head.refusal().reason()), now);
  if (head.has_goodbye()) {
    say_goodbye();  // so that it need not wait for us
    return hang_up(kLeft, now);
  }
  if (head.has_welcome() && state_ == State::kGreeting) return begin_session(head.welcome(), now);
  if (!is_ready()) return hang_up("it sent a message before its welcome", now);
  switch (head.kind_case()) {
    case wire::Envelope::kBeat:
      return std::nullopt;
    case wire::Envelope::kLeaving:
      return host_event::Leaving{};
    case wire::Envelope::kResult:
      pause_ = kPauseMin;  // it is of use: come back to it quickly
      return host_event::Result{std::move(*head.mutable_result()), std::move(message.body)};
    case wire::Envelope::kFailure:
      return host_event::Failure{std::move(*head.mutable_failure())};
    default:
      return hang_up("it sent a message that has no place here", now);
  }
}

std::optional<HostEvent> Host::begin_session(const wire::Welcome& welcome, Nanoseconds now) {
  if (welcome.protocol() < kProtocolMin || welcome.protocol() > kProtocolMax)
    return hang_up(fmt::format("it wants to speak protocol version {}", welcome.protocol()), now);
  if (welcome.lanes().empty()) return hang_up("it has no lanes", now);
  for (const wire::Lane& lane : welcome.lanes())
    if (lane.semantics() != kExactF64)
      return hang_up(fmt::format("its kernel {} counts differently ({}), which can't be mixed in",
                                 printable(lane.kernel()), printable(lane.semantics())),
                     now);
  welcome_ = welcome;
  welcome_.set_host(printable(welcome.host()));
  state_ = State::kReady;
  was_ever_ready_ = true;
  problem_.clear();
  next_beat_ = heard_ + kBeatPeriod;
  wire::Envelope open;
  *open.mutable_open_job() = config_.job;
  send(open);
  return host_event::Ready{static_cast<std::uint32_t>(welcome.lanes_size()),
                           std::max<std::uint32_t>(1, welcome.chunks_max())};
}

void Host::forgive(Nanoseconds now) { heard_ = now; }

void Host::send(const wire::Envelope& envelope) {
  // A full queue means a peer that has not read for long: nothing is lost if the session ends.
  if (link_ && !link_->send(envelope)) is_clogged_ = true;
}

Nanoseconds Host::next_timer() const {
  switch (state_) {
    case State::kPausing:
    case State::kGreeting:
      return due_;
    case State::kReady:
      return std::min(next_beat_, heard_ + silence_);
    case State::kDismissed:
      break;
  }
  return steady_now() + kSecond;
}

void Host::add_poll_items(std::vector<zmq::pollitem_t>& items) {
  if (!link_) return;
  items.push_back(link_->poll_item());
  items.push_back(link_->monitor_poll_item());
}

std::uint64_t Host::bytes_in() const { return closed_bytes_in_ + (link_ ? link_->bytes_in() : 0); }

std::uint64_t Host::bytes_out() const {
  if (!was_ever_ready_) return 0;  // greetings that wait for a connection went nowhere
  return closed_bytes_out_ + (link_ ? link_->bytes_out() : 0);
}

}  // namespace mandel
