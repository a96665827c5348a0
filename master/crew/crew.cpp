// See crew.h.
#include "master/crew/crew.h"

#include <algorithm>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "common/base/peer_log.h"
#include "common/net/host_expression.h"
#include "common/wire/dialler.h"

namespace mandel {

void Crew::enlist(Host::Config config) {
  config.semantics = config_.semantics;
  hosts_.push_back(std::make_unique<Host>(std::move(config), steady_now()));
}

void Crew::add(std::string label, std::string endpoint,
               std::function<Result<Security>()> security) {
  roster_.add_permanent();
  enlist({.label = std::move(label),
          .address = std::nullopt,
          .connector = std::make_unique<Dialler>(
              context_, Dialler::Config{std::move(endpoint), MasterSide{config_.body_bytes_max},
                                        std::move(security)}),
          .encoding = encoding_for(config_.codec, {})});
}

void Crew::add(std::unique_ptr<HostSource> source) {
  sources_.push_back({std::move(source), {}});
  look(steady_now(), true);
}

void Crew::refresh(Nanoseconds now) {
  look(now, false);
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
            .connector = lobby_->connector(guest.place),
            .encoding = encoding_for(config_.codec, guest.address),
            .machine = fmt::format("{} {}", guest.address.host, guest.host)});
  }
}

void Crew::freeze() {
  sources_.clear();
  if (lobby_) lobby_->close_door();
}

void Crew::look(Nanoseconds now, bool may_block) {
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
  for (const Address& address : roster_.want(all)) dial(address, may_block);
  if (roster_.has_overflowed() && !std::exchange(has_complained_, true))
    spdlog::warn("there are more than {} workers; the rest is not used{}", config_.hosts_max,
                 config_.hosts_max < kHostsMax
                     ? ": this process may have no more files open (ulimit -n)"
                     : "");
}

// A name that does not resolve now may do so later: ZeroMQ asks again at every try, on its own
// thread. In mid-job nobody can wait for that. Only the codec and the keys need to know where a
// name leads.
void Crew::dial(const Address& address, bool may_block) {
  const Address numeric = may_block ? resolve(address).value_or(address) : address;
  config_.credentials.meet(address, numeric);
  auto security = [this, address, numeric] {
    return config_.credentials.towards(address, numeric);
  };
  enlist({.label = address.text(),
          .address = address,
          .connector = std::make_unique<Dialler>(
              context_, Dialler::Config{numeric.endpoint(), MasterSide{config_.body_bytes_max},
                                        std::move(security)}),
          .encoding = encoding_for(config_.codec, numeric)});
}

Nanoseconds Crew::next_timer() const {
  Nanoseconds next = lobby_ ? lobby_->next_timer() : INT64_MAX;
  for (const Source& source : sources_) next = std::min(next, source.source->next_timer());
  return next;
}

void Crew::watch(Sleeper& sleeper) {
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
