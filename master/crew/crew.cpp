// See crew.h.
#include "master/crew/crew.h"

#include <algorithm>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "common/base/peer_log.h"
#include "common/net/host_expression.h"
#include "common/wire/dialler.h"

namespace mandel {
namespace {

// A worker of which nothing but the endpoint is known: that inside this process, or a benchmark's.
class FixedWay final : public Connector {
 public:
  FixedWay(zmq::context_t& context, std::string endpoint, std::size_t body_bytes_max,
           std::function<Result<Security>()> security)
      : context_(context),
        endpoint_(std::move(endpoint)),
        side_{body_bytes_max},
        security_(std::move(security)) {}

  Result<std::unique_ptr<Connection>> connect() override {
    const auto security = security_ ? security_() : Security{};
    if (!security) return tl::unexpected(security.error());
    return std::make_unique<DialLink>(context_, endpoint_, side_, security->curve);
  }
  std::string explain(LinkEnd) override { return "the connection was closed"; }
  Peer peer() const override { return {}; }

 private:
  zmq::context_t& context_;
  const std::string endpoint_;
  const MasterSide side_;
  const std::function<Result<Security>()> security_;
};

}  // namespace

void Crew::enlist(Host::Config config) {
  config.semantics = config_.semantics;
  hosts_.push_back(std::make_unique<Host>(std::move(config), steady_now()));
}

void Crew::add(std::string label, std::string endpoint,
               std::function<Result<Security>()> security) {
  roster_.add_permanent();
  enlist({.label = std::move(label),
          .address = std::nullopt,
          .connector = std::make_unique<FixedWay>(context_, std::move(endpoint),
                                                  config_.body_bytes_max, std::move(security)),
          .codec = config_.codec});
}

void Crew::add(std::unique_ptr<HostSource> source) {
  sources_.push_back({std::move(source), {}});
  look(steady_now());
}

void Crew::refresh(Nanoseconds now) {
  resolver_.clear();
  look(now);
  let_in(now);
}

void Crew::let_in(Nanoseconds now) {
  if (!lobby_) return;
  for (Lobby::Guest& guest : lobby_->receive(now)) {
    std::string label = fmt::format("{}#{}", guest.address.host, ++guests_);
    log_of_peer(PeerLine::kInfo, label, fmt::format("{} has joined: {}", label, guest.host));
    roster_.add_permanent();
    enlist({.label = std::move(label),
            .address = std::nullopt,
            .connector = lobby_->connector(guest),
            .codec = config_.codec,
            .machine = guest.machine});
  }
}

void Crew::freeze() {
  sources_.clear();
  if (lobby_) lobby_->close_door();
}

void Crew::look(Nanoseconds now) {
  bool has_changed = false;
  for (Source& source : sources_) {
    auto wanted = source.source->poll(now);
    if (!wanted) continue;
    source.wanted = *std::move(wanted);
    has_changed = true;
  }
  if (!has_changed) return;
  std::vector<Address> all;
  for (const Source& source : sources_)
    all.insert(all.end(), source.wanted.begin(), source.wanted.end());
  for (const Address& address : roster_.want(all)) dial(address);
  if (roster_.has_overflowed() && !std::exchange(has_complained_, true))
    spdlog::warn("there are more than {} workers; the rest is not used{}", config_.hosts_max,
                 config_.hosts_max < kHostsMax
                     ? ": this process may have no more files open (ulimit -n)"
                     : "");
}

void Crew::dial(const Address& address) {
  Dialler::Config how{.side = MasterSide{config_.body_bytes_max},
                      .security = [this](const Address& named, const Address& numeric) {
                        return config_.credentials.towards(named, numeric);
                      }};
  // On a thread that may outlive this crew.
  if (config_.credentials.accepts_new)
    how.meet = [credentials = config_.credentials](const Address& named, const Address& numeric) {
      credentials.meet(named, numeric);
    };
  enlist({.label = address.text(),
          .address = address,
          .connector = std::make_unique<Dialler>(context_, resolver_, address, std::move(how)),
          .codec = config_.codec});
}

std::optional<HostEvent> Crew::poll(WorkerId worker, Nanoseconds now) {
  auto event = hosts_[worker]->poll(now);
  if (!event || !std::holds_alternative<host_event::Ready>(*event)) return event;
  split_if_renewed(worker);
  if (const auto first = first_name_of(worker)) {
    merge(worker, *first, now);
    return std::nullopt;
  }
  hosts_[worker]->take_on();
  return event;
}

// Another process may be at one of the names only.
void Crew::split_if_renewed(WorkerId worker) {
  const auto others = roster_.merged_into(worker);
  if (others.empty() || hosts_[others.front()]->process() == hosts_[worker]->process()) return;
  roster_.split(worker);
  hosts_[worker]->also_dial({});
}

// Whether or not that has a session now: if it has none, it gets one by this name, and what is
// known of it goes on to hold. One that was dismissed does not come back by its second name.
std::optional<WorkerId> Crew::first_name_of(WorkerId worker) const {
  for (WorkerId first = 0; first < hosts_.size(); ++first)
    if (first != worker && hosts_[first]->was_taken_on() &&
        hosts_[first]->process() == hosts_[worker]->process())
      return first;
  return std::nullopt;
}

void Crew::merge(WorkerId second, WorkerId first, Nanoseconds now) {
  Host& host = *hosts_[second];
  const std::string what = fmt::format("is the same worker as {}", hosts_[first]->label());
  if (told_.emplace(second, first).second) spdlog::warn("{} {}; used once", host.label(), what);
  std::vector<Address> names;
  for (const WorkerId other : roster_.merged_into(first))
    names.push_back(*hosts_[other]->address());
  if (host.address()) names.push_back(*host.address());
  // Who dials in can't be dialled; it is turned away for as long as its first name is there.
  if (!host.address() || !hosts_[first]->also_dial(std::move(names)))
    return host.hang_up("it " + what, now);
  roster_.merge(second, first);
  host.release();
}

Nanoseconds Crew::next_timer() const {
  Nanoseconds next = lobby_ ? lobby_->next_timer() : INT64_MAX;
  for (const Source& source : sources_) next = std::min(next, source.source->next_timer());
  return next;
}

void Crew::watch(Sleeper& sleeper) {
  resolver_.watch(sleeper);
  for (const Source& source : sources_) source.source->watch(sleeper);
  if (lobby_) lobby_->watch(sleeper);
}

void Crew::gather(StopSignals& signals) {
  Sleeper sleeper;
  for (;;) {
    refresh(steady_now());
    if (has_begun() || signals.has_come()) return;  // the job takes the signal, and ends
    signals.watch(sleeper);
    watch(sleeper);
    sleeper.sleep(std::min(next_timer(), steady_now() + kSecond) - steady_now());
  }
}

bool Crew::has_begun() const {
  return std::ranges::all_of(sources_, [](const Source& s) { return s.source->has_begun(); }) &&
         (!lobby_ || lobby_->has_begun(steady_now()));
}

bool Crew::may_change() const {
  return lobby_ ||
         std::ranges::any_of(sources_, [](const Source& s) { return s.source->may_change(); });
}

std::string Crew::advice() const {
  std::string advice;
  for (const Source& source : sources_) advice += source.source->advice();
  if (lobby_ && guests_ == 0)
    advice += fmt::format(
        "; none has joined on {}: start 'mandel-worker --join' with this machine's "
        "name and that port",
        lobby_->address().text());
  return advice;
}

}  // namespace mandel
