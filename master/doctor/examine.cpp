// See examine.h.
#include "master/doctor/examine.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <utility>

#include "common/net/resolver.h"
#include "common/wire/job.h"
#include "common/wire/link.h"
#include "master/doctor/session.h"
#include "master/doctor/verdict.h"

namespace mandel::doctor {
namespace {

constexpr Nanoseconds kResolveTime = 5 * kSecond;
constexpr int kConnectMs = 3000;
constexpr int kGreetingMs = 3000;
constexpr Nanoseconds kWelcomeTime = 5 * kSecond;
constexpr Nanoseconds kMeasuringTime = 5 * kSecond;

// What a bare TCP connection can tell.
void knock(const Address& numeric, Facts& facts) {
  const Nanoseconds began = steady_now();
  auto connection = TcpConnection::dial(numeric, kConnectMs);
  facts.connected = Connected{connection ? 0 : connection.error(), steady_now() - began};
  if (connection)
    facts.greeting = greeting_of(connection->ask(greeting_question(), kGreetingBytes, kGreetingMs));
}

// Of a name with several addresses that of which most came: a job would use it, too.
Facts knock_at_all(const Address& address) {
  Facts first;
  first.address = address;
  const auto all = resolve_within(address, kResolveTime);
  if (!all) {
    first.numeric = tl::unexpected(all.error());
    return first;
  }
  for (const Address& numeric : *all) {
    Facts facts;
    facts.address = address;
    facts.numeric = numeric;
    knock(numeric, facts);
    if (facts.greeting && facts.greeting->kind == Greeting::Kind::kZmtp) return facts;
    if (!first.numeric || (facts.greeting && !first.greeting)) first = std::move(facts);
  }
  return first;
}

// With keys where it asks for them; only for a host with which all is well so far.
std::optional<Curve> curve_for(const Facts& facts) {
  return facts.greeting->text == kMechanismOfKeys ? (**facts.security).curve : std::nullopt;
}

// As far as the welcome, if it gets there.
Facts reach(zmq::context_t& context, const Address& address, const Credentials& credentials) {
  Facts facts = knock_at_all(address);
  if (!facts.greeting || facts.greeting->kind != Greeting::Kind::kZmtp) return facts;
  const Address& numeric = **facts.numeric;
  credentials.meet(address, numeric);
  facts.security = credentials.towards(address, numeric);
  if (!is_well(judge(facts))) return facts;
  DialLink link(context, numeric.endpoint(), MasterSide{kHeadBytesMax}, curve_for(facts));
  facts.answer = greet(link, steady_now() + kWelcomeTime);
  if (std::holds_alternative<wire::Welcome>(*facts.answer)) take_leave(link);
  return facts;
}

// On a connection of its own: the first one would have been given up while others were measured.
Measured measure_anew(zmq::context_t& context, const Facts& facts) {
  DialLink link(context, (**facts.numeric).endpoint(), MasterSide{kChunkBytesMax},
                curve_for(facts));
  Measured measured;
  if (std::holds_alternative<wire::Welcome>(greet(link, steady_now() + kWelcomeTime))) {
    measured = measure(link, steady_now() + kMeasuringTime);
    take_leave(link);
  } else {
    measured.end = Measured::End::kFailed;
    measured.reason = "it welcomed us once, and not a second time";
  }
  return measured;
}

}  // namespace

std::vector<Facts> examine(zmq::context_t& context, const std::vector<Address>& hosts,
                           const Credentials& credentials) {
  std::vector<Facts> all(hosts.size());
  std::atomic<std::size_t> next{0};
  {
    std::vector<std::jthread> askers;
    for (std::size_t k = 0; k < std::min(kHostsAtOnce, hosts.size()); ++k)
      askers.emplace_back([&] {
        for (std::size_t h = next++; h < hosts.size(); h = next++)
          all[h] = reach(context, hosts[h], credentials);
      });
  }
  for (Facts& facts : all)
    if (facts.answer && is_well(judge(facts))) facts.measured = measure_anew(context, facts);
  return all;
}

}  // namespace mandel::doctor
