// See verdict.h.
#include "master/doctor/verdict.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <iterator>
#include <map>
#include <optional>

#include "common/base/text.h"
#include "kernels/deep/engine.h"
#include "kernels/kernel.h"

namespace mandel::doctor {
namespace {

using Findings = std::vector<Finding>;

std::string firewall_advice(const Address& address) {
  return fmt::format(
      "If {0} is on, let the port in there: sudo ufw allow {1}/tcp, or sudo firewall-cmd "
      "--add-port={1}/tcp",
      address.host, address.port);
}

Finding judge_name(const Address& address, const Result<Address>& numeric) {
  if (numeric) return {"name", "resolved", Grade::kFine, numeric->host, ""};
  return {"name", "unresolved", Grade::kFault, numeric.error().what,
          fmt::format("Check the spelling, or put '{}' into DNS or /etc/hosts; a numeric address "
                      "needs neither",
                      address.host)};
}

std::string start_advice(const Address& address, const Address& numeric) {
  if (is_loopback(numeric))
    return fmt::format("Start mandel-worker on this machine: mandel-worker --listen {}",
                       numeric.text());
  return fmt::format(
      "Start mandel-worker on {}. If it runs there, its first lines say whether it serves its own "
      "machine only, for want of a key: mandel-keygen --cluster lab, copy it, start again. Or it "
      "listens on another port than {}",
      address.host, address.port);
}

Finding judge_port(const Facts& facts) {
  const Address& address = facts.address;
  switch (facts.connected->error) {
    case 0:
      return {"port", "answers", Grade::kFine,
              fmt::format("answers, in {:.2f} ms", 1e3 * seconds(facts.connected->took)), ""};
    case ECONNREFUSED:
      return {"port", "refused", Grade::kFault, "connection refused: nothing listens there",
              start_advice(address, **facts.numeric)};
    case ETIMEDOUT:
      return {"port", "no-answer", Grade::kFault,
              "no answer: a firewall drops it, or nobody is there", firewall_advice(address)};
    case EHOSTUNREACH:
    case ENETUNREACH:
      return {"port", "unreachable", Grade::kFault, std::strerror(facts.connected->error),
              "Check address, cable and route. " + firewall_advice(address)};
    default:
      return {"port", "not-connected", Grade::kFault, std::strerror(facts.connected->error),
              "Check the address"};
  }
}

std::string other_port_advice(const Address& address) {
  return fmt::format(
      "Check the port in --hosts; if {} is right, another program has it: start mandel-worker with "
      "--listen on a free one",
      address.port);
}

Finding foreign(const Address& address, std::string seen) {
  return {"service", "foreign", Grade::kFault, std::move(seen), other_port_advice(address)};
}

Finding judge_service(const Address& address, const Greeting& greeting) {
  switch (greeting.kind) {
    case Greeting::Kind::kSilent:
      return {"service", "silent", Grade::kFault, "accepts connections and says nothing",
              "If mandel-worker has this port, it hangs or was stopped: start it again. " +
                  other_port_advice(address)};
    case Greeting::Kind::kHungUp:
      return foreign(address, "hangs up without a word");
    case Greeting::Kind::kForeign:
      return foreign(address, fmt::format("not a mandel-worker; it says \"{}\"", greeting.text));
    case Greeting::Kind::kZmtp:
      break;
  }
  return {"service", "speaks", Grade::kFine, "speaks ZeroMQ", ""};
}

// What the worker thinks of this machine's key shows in how the connection ends.
Finding judge_admission(const Curve& curve, const std::optional<Answer>& answer) {
  const auto* no_answer = answer ? std::get_if<NoAnswer>(&*answer) : nullptr;
  const auto end = no_answer != nullptr ? no_answer->end : std::nullopt;
  if (end == LinkEnd::kNotAdmitted)
    return {"key", "not-admitted", Grade::kFault, "it does not admit this machine's key",
            fmt::format("Put this line into authorized_masters there: {}", public_line(curve.own))};
  if (end == LinkEnd::kMisheard)
    return {"key", "other-key", Grade::kFault,
            fmt::format("hangs up on a greeting that only the owner of the key {} can read",
                        short_fingerprint(curve.peer)),
            "Somebody else answers there, or it has a new key: compare with mandel-keygen --show "
            "there, and only then put the new line into known_workers here"};
  return {"key", "known", Grade::kFine,
          fmt::format("encrypted, its key is {}", short_fingerprint(curve.peer)), ""};
}

Finding judge_key(const Facts& facts) {
  const Result<Security>& security = *facts.security;
  const bool wants_keys = facts.greeting->text == kMechanismOfKeys;
  if (!security)
    return {"key", "no-key", Grade::kFault, security.error().what,
            "Make and exchange keys with mandel-keygen: see docs/usage.md, Keys"};
  if (wants_keys && !security->curve)
    return {"key", "keys-only", Grade::kFault, "it speaks with keys only, and here are none",
            "Make a key with mandel-keygen and put its line into authorized_masters there; leave "
            "--insecure away"};
  if (!wants_keys && !security->may_be_plain)
    return {"key", "plain-only", Grade::kFault, "it speaks without keys, and here they are on",
            "Start that worker without --insecure, or say --insecure here, too"};
  if (wants_keys) return judge_admission(*security->curve, facts.answer);
  return {"key", "plain", Grade::kFine, "none: neither encrypted nor authenticated", ""};
}

Finding judge_gap(const Protocols& worker) {
  const bool is_master_older = Protocols{}.max < worker.max;
  return {"version", is_master_older ? "master-too-old" : "worker-too-old", Grade::kFault,
          version_gap({}, worker),
          is_master_older ? "Upgrade mandel-master here" : "Upgrade mandel-worker there"};
}

Finding judge_refusal(const wire::Refusal& refusal) {
  const Protocols worker{refusal.protocol_min(), refusal.protocol_max()};
  if (worker.max != 0 && !version_gap({}, worker).empty()) return judge_gap(worker);
  return {"session", "turned-away", Grade::kFault,
          fmt::format("it refuses: {}", printable(refusal.reason())),
          "Do what that says, or ask again later"};
}

Finding judge_version(const wire::Welcome& welcome) {
  const Protocols said{welcome.protocol_min(), welcome.protocol_max()};
  const Protocols used{welcome.protocol(), welcome.protocol()};
  if (!version_gap({}, used).empty()) return judge_gap(said.max == 0 ? used : said);
  const Protocols& worker = said.max == 0 ? used : said;
  return {"version", "meets", Grade::kFine,
          fmt::format("protocol {}; it speaks {} and is {}, this one speaks {}", welcome.protocol(),
                      in_words(worker), printable(welcome.software()), in_words(Protocols{})),
          ""};
}

// "2 lanes of simd-full on cpu, 1 lane of cuda on NVIDIA H100"
std::string lanes_in_words(const wire::Welcome& welcome) {
  std::map<std::string, int> lanes;
  for (const wire::Lane& lane : welcome.lanes())
    ++lanes[fmt::format("{} on {}", printable(lane.kernel()),
                        printable(lane.model().empty() ? lane.device() : lane.model()))];
  std::string text;
  for (const auto& [what, count] : lanes)
    text += fmt::format("{}{} lane{} of {}", text.empty() ? "" : ", ", count, count == 1 ? "" : "s",
                        what);
  return text;
}

Finding judge_devices(const wire::Welcome& welcome) {
  if (welcome.lanes().empty())
    return {"devices", "none", Grade::kFault, "it has no lanes",
            "Start it with --threads 1 or more"};
  for (const wire::Lane& lane : welcome.lanes()) {
    if (lane.semantics() == kTrueCount)
      return {"devices", "true-count-only", Grade::kFault,
              fmt::format("its kernel {} computes true-count only", printable(lane.kernel())),
              "Start it with --kernel auto, unless that is what you want"};
    if (lane.semantics() != kExactF64)
      return {"devices", "other-counts", Grade::kFault,
              fmt::format("its kernel {} counts differently ({}), which can't be mixed in",
                          printable(lane.kernel()), printable(lane.semantics())),
              "Start it with --kernel auto"};
  }
  const std::string seen =
      fmt::format("{} ({}), self-test passed", lanes_in_words(welcome), printable(welcome.host()));
  if (welcome.remarks().empty()) return {"devices", "passed", Grade::kFine, seen, ""};
  std::string advice;
  for (const std::string& remark : welcome.remarks())
    advice += (advice.empty() ? "" : "; ") + printable(remark);
  return {"devices", "partly", Grade::kRemark, seen + "; not all devices are used", advice};
}

// Nothing if all is well so far. On a slow link a large chunk holds up the beats behind it, so
// silence means something only before the first large chunk has come.
std::optional<Finding> judge_chunks(const Measured& measured) {
  using End = Measured::End;
  if (measured.end == End::kFailed)
    return Finding{"chunks", "failed", Grade::kFault, measured.reason,
                   "Look at that worker's log, and start it again"};
  if (measured.end == End::kStuck)
    return Finding{"chunks", "stuck", Grade::kFault,
                   "a lane has begun a small chunk and does not end it",
                   "That lane hangs: start the worker again"};
  if (measured.end == End::kSilent && measured.round_trips.empty())
    return Finding{"chunks", "lost", Grade::kFault, "it welcomed us and then said nothing any more",
                   "Is its machine or the network overloaded? Ask again"};
  return std::nullopt;
}

Finding judge_round_trip(const Measured& measured) {
  if (measured.round_trips.empty())
    return {"round trip", "busy", Grade::kRemark, "not measured: its lanes are busy for others",
            "Nothing: it shares its lanes among its masters"};
  return {"round trip", "measured", Grade::kFine,
          fmt::format("{:.2f} ms (median of {})", 1e3 * seconds(round_trip(measured)),
                      measured.round_trips.size()),
          ""};
}

Finding judge_bandwidth(const Measured& measured) {
  if (measured.bytes == 0)
    return {
        "bandwidth", "not-measured", Grade::kRemark, "not measured: not a chunk came in time",
        "If nobody else uses worker and network, the link is very slow: see --codec and --chunks "
        "auto"};
  return {
      "bandwidth", "measured", Grade::kFine,
      fmt::format("{:.4g} Mbit/s from it ({} KiB in {:.4g} ms)", 1e-6 * bits_per_second(measured),
                  measured.bytes / 1024, 1e3 * seconds(measured.transfer)),
      ""};
}

Findings judge_answer(const Facts& facts) {
  const Answer& answer = *facts.answer;
  if (const auto* refusal = std::get_if<wire::Refusal>(&answer)) return {judge_refusal(*refusal)};
  if (const auto* welcome = std::get_if<wire::Welcome>(&answer)) {
    Findings findings = {judge_version(*welcome)};
    if (is_well(findings)) findings.push_back(judge_devices(*welcome));
    return findings;
  }
  const auto* nonsense = std::get_if<PeerError>(&answer);
  return {foreign(facts.address,
                  nonsense != nullptr
                      ? "speaks ZeroMQ, but not as mandel does: it sent " + nonsense->what
                      : "speaks ZeroMQ, and does not answer mandel's greeting")};
}

Findings judge_measured(const Measured& measured) {
  if (auto fault = judge_chunks(measured)) return {*std::move(fault)};
  Findings findings = {judge_round_trip(measured)};
  if (!measured.round_trips.empty()) findings.push_back(judge_bandwidth(measured));
  return findings;
}

}  // namespace

std::vector<Finding> judge(const Facts& facts) {
  Findings findings;
  if (facts.numeric) findings.push_back(judge_name(facts.address, *facts.numeric));
  if (facts.connected) findings.push_back(judge_port(facts));
  if (facts.greeting) findings.push_back(judge_service(facts.address, *facts.greeting));
  if (facts.security) findings.push_back(judge_key(facts));
  if (!is_well(findings)) return findings;
  if (facts.answer) std::ranges::move(judge_answer(facts), std::back_inserter(findings));
  if (facts.measured)
    std::ranges::move(judge_measured(*facts.measured), std::back_inserter(findings));
  return findings;
}

bool is_well(std::span<const Finding> findings) {
  return std::ranges::none_of(findings, [](const Finding& f) { return f.grade == Grade::kFault; });
}

Nanoseconds round_trip(const Measured& measured) {
  if (measured.round_trips.empty()) return 0;
  std::vector<Nanoseconds> order = measured.round_trips;
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>((order.size() - 1) / 2);
  std::ranges::nth_element(order, middle);
  return *middle;
}

double bits_per_second(const Measured& measured) {
  if (measured.bytes == 0) return 0;
  // Where the round trip varies, it may have been shorter this time.
  const Nanoseconds moving =
      std::max<Nanoseconds>({measured.transfer - round_trip(measured), measured.transfer / 2, 1});
  return 8 * static_cast<double>(measured.bytes) / seconds(moving);
}

}  // namespace mandel::doctor
