// See lan_hosts.h.
#include "master/crew/sources/lan_hosts.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <set>
#include <utility>

#include "common/base/peer_log.h"
#include "common/base/random.h"
#include "common/net/host_expression.h"

namespace mandel {
namespace {

// The kernel holds a datagram back until it knows who has the address; so not all at once.
constexpr std::size_t kQuestionsAtOnce = 64;
constexpr Nanoseconds kBetween = 20 * kMillisecond;
constexpr Nanoseconds kRoundTime = 500 * kMillisecond;  // after a round's last question
constexpr Nanoseconds kLaterPeriod = 5 * kSecond;       // between rounds, after the first few
constexpr int kQuickRounds = 4;
constexpr int kAnswersPerTurn = 1024;
constexpr std::uint32_t kNet24 = 0xffffff00;

}  // namespace

std::vector<Interface> local_interfaces() {
  std::vector<Interface> all;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return all;
  for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
    const bool is_up = (one->ifa_flags & IFF_UP) != 0 && (one->ifa_flags & IFF_LOOPBACK) == 0;
    if (!is_up || one->ifa_addr == nullptr || one->ifa_netmask == nullptr) continue;
    if (one->ifa_addr->sa_family != AF_INET) continue;
    const auto number = [](const sockaddr* address) {
      return ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr);
    };
    all.push_back({number(one->ifa_addr), number(one->ifa_netmask)});
  }
  freeifaddrs(list);
  return all;
}

std::vector<std::uint32_t> addresses_of_networks(const std::vector<Interface>& interfaces) {
  std::vector<std::uint32_t> addresses = {INADDR_LOOPBACK};
  std::set<std::uint32_t> seen;
  for (const Interface& own : interfaces) seen.insert(own.address);
  const auto add = [&](std::uint32_t address) {
    if (addresses.size() < kAddressesAskedMax && seen.insert(address).second)
      addresses.push_back(address);
  };
  for (const auto& [address, netmask] : interfaces) {
    add(address | ~netmask);
    const std::uint32_t around = netmask | kNet24;
    for (std::uint32_t host = (address & around) + 1; host < (address | ~around); ++host) add(host);
  }
  return addresses;
}

Result<std::unique_ptr<LanHosts>> LanHosts::open(std::uint16_t port, Look look) {
  auto socket = UdpSocket::bind({"0.0.0.0", 0});
  if (!socket) return fail("--hosts auto: " + socket.error().what);
  return std::unique_ptr<LanHosts>(new LanHosts(*std::move(socket), port, look));
}

LanHosts::LanHosts(UdpSocket socket, std::uint16_t port, Look look)
    : socket_(std::move(socket)), port_(port), nonce_(random_number()), look_(look) {}

std::optional<std::vector<Address>> LanHosts::poll(Nanoseconds now) {
  const bool has_news = take_answers();
  if (now >= next_) ask(now);
  if (has_begun_ && !names_.empty()) tell_found();
  return has_news ? std::optional(found_) : std::nullopt;
}

void LanHosts::ask(Nanoseconds now) {
  if (asked_ == round_.size()) {  // the round is over, answers included
    if (rounds_ > 0) has_begun_ = true;
    ++rounds_;
    round_ = addresses_of_networks(look_());
    asked_ = 0;
  }
  const auto question = discovery_question(nonce_);
  for (std::size_t n = 0; n < kQuestionsAtOnce && asked_ < round_.size(); ++n)
    socket_.send(question, UdpSocket::peer(round_[asked_++], port_));
  const bool is_last = asked_ == round_.size();
  next_ = now + (!is_last ? kBetween : rounds_ <= kQuickRounds ? kRoundTime : kLaterPeriod);
}

bool LanHosts::take_answers() {
  if (!std::exchange(has_answers_, false)) return false;
  bool has_news = false;
  for (int n = 0; n < kAnswersPerTurn; ++n) {
    const auto datagram = socket_.receive();
    if (!datagram) break;
    const auto answer = read_discovery_answer(datagram->bytes);
    if (answer && answer->nonce == nonce_) has_news |= take(*answer, datagram->from.host());
  }
  return has_news;
}

// A worker that answers from two addresses, of two networks or of loopback, is one worker.
bool LanHosts::take(const DiscoveryAnswer& answer, const std::string& from) {
  const Address address = {from, answer.port};
  if (processes_.size() >= kHostsMax) return false;
  if (!processes_.try_emplace(answer.incarnation, address.text()).second) return false;
  if (std::ranges::count(found_, address) > 0) return false;  // it was started again
  found_.push_back(address);
  names_.push_back(fmt::format("{} ({})", answer.host, address.text()));
  return true;
}

void LanHosts::tell_found() {
  constexpr std::size_t kNamesMax = 16;
  const std::size_t more = names_.size() - std::min(names_.size(), kNamesMax);
  log_of_peer(
      PeerLine::kInfo, "",
      fmt::format("found {} worker{}: {}{}", names_.size(), names_.size() == 1 ? "" : "s",
                  fmt::join(names_.begin(), names_.end() - static_cast<std::ptrdiff_t>(more), ", "),
                  more > 0 ? fmt::format(" and {} more", more) : ""));
  names_.clear();
}

std::string LanHosts::advice() const {
  if (!found_.empty()) return "";
  return fmt::format(
      "; --hosts auto asked {} addresses here by UDP, port {}, and nobody answered: does a "
      "mandel-worker run there, with --listen 0.0.0.0:{}, and does the firewall there let in UDP "
      "and "
      "TCP on that port? Else name the workers: --hosts HOST,...",
      round_.size(), port_, port_);
}

}  // namespace mandel
