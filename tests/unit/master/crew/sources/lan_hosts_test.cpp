// Who is asked, as a pure function; and the asking, of a responder's stand-in on loopback.
#include "master/crew/sources/lan_hosts.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <set>

namespace mandel {
namespace {

constexpr std::uint32_t ip(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}
constexpr std::uint32_t kLoopbackIp = ip(127, 0, 0, 1);

bool asks(const std::vector<std::uint32_t>& addresses, std::uint32_t address) {
  return std::ranges::count(addresses, address) == 1;
}

TEST(AddressesAsked, WithoutANetworkThisMachineIsAsked) {
  EXPECT_EQ(addresses_of_networks({}), std::vector{kLoopbackIp});
}

TEST(AddressesAsked, OfA24AsksEverybodyAndTheBroadcastButNotItself) {
  const auto addresses = addresses_of_networks({{ip(192, 168, 7, 20), ip(255, 255, 255, 0)}});
  EXPECT_EQ(addresses.size(), 1u + 1 + 253);
  EXPECT_TRUE(asks(addresses, ip(192, 168, 7, 255)));
  EXPECT_TRUE(asks(addresses, ip(192, 168, 7, 1)));
  EXPECT_TRUE(asks(addresses, ip(192, 168, 7, 254)));
  EXPECT_FALSE(asks(addresses, ip(192, 168, 7, 20)));
  EXPECT_FALSE(asks(addresses, ip(192, 168, 7, 0)));
}

TEST(AddressesAsked, OfALargerNetworkAsksThe24AroundUsAndBroadcastsToAll) {
  const auto addresses = addresses_of_networks({{ip(10, 0, 5, 9), ip(255, 255, 0, 0)}});
  EXPECT_EQ(addresses.size(), 1u + 1 + 253);
  EXPECT_TRUE(asks(addresses, ip(10, 0, 255, 255)));
  EXPECT_TRUE(asks(addresses, ip(10, 0, 5, 254)));
  EXPECT_FALSE(asks(addresses, ip(10, 0, 6, 1)));
}

TEST(AddressesAsked, OfASmallerNetworkStaysWithinIt) {
  const auto addresses = addresses_of_networks({{ip(10, 0, 0, 17), ip(255, 255, 255, 252)}});
  EXPECT_EQ(addresses, (std::vector{kLoopbackIp, ip(10, 0, 0, 19), ip(10, 0, 0, 18)}));
}

TEST(AddressesAsked, OfAPointToPointLinkAsksNobody) {
  EXPECT_EQ(addresses_of_networks({{ip(10, 0, 0, 1), ip(255, 255, 255, 255)}}),
            std::vector{kLoopbackIp});
}

TEST(AddressesAsked, AsksEachOnceAndIsBounded) {
  const Interface one = {ip(10, 1, 1, 1), ip(255, 255, 255, 0)};
  EXPECT_EQ(addresses_of_networks({one, one}).size(), addresses_of_networks({one}).size());
  std::vector<Interface> many;
  for (std::uint32_t k = 0; k < 100; ++k) many.push_back({ip(10, 2, k, 1), ip(255, 255, 255, 0)});
  const auto addresses = addresses_of_networks(many);
  EXPECT_EQ(addresses.size(), kAddressesAskedMax);
  EXPECT_EQ(std::set(addresses.begin(), addresses.end()).size(), kAddressesAskedMax);
}

class Asking : public testing::Test {
 protected:
  Asking() {
    sockaddr_in address{};
    socklen_t length = sizeof address;
    getsockname(worker_.fd(), reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    hosts_ = *LanHosts::open(port_, [] { return std::vector<Interface>(); });
  }

  std::optional<std::vector<Address>> poll() {
    hosts_->watch(sleeper_);
    sleeper_.sleep(kMillisecond);
    return hosts_->poll(now_ += kSecond);
  }
  UdpSocket::Datagram next_question() {
    for (;;) {
      poll();
      if (auto datagram = worker_.receive()) return *std::move(datagram);
    }
  }
  void answer(const UdpSocket::Datagram& question, std::uint64_t incarnation, std::uint16_t port,
              std::uint64_t nonce_off = 0) {
    const std::string bytes =
        encode(DiscoveryAnswer{.nonce = *read_discovery_question(question.bytes) + nonce_off,
                               .incarnation = incarnation,
                               .protocol_min = 2,
                               .protocol_max = 2,
                               .port = port,
                               .key = "",
                               .host = "desk"});
    worker_.send(std::as_bytes(std::span(bytes)), question.from);
  }
  // How many it knows when it next has news.
  std::size_t found() {
    for (;;)
      if (const auto hosts = poll()) return hosts->size();
  }

  UdpSocket worker_ = *UdpSocket::bind({"127.0.0.1", 0});
  std::uint16_t port_ = 0;
  std::unique_ptr<LanHosts> hosts_;
  Sleeper sleeper_;
  Nanoseconds now_ = 0;
};

TEST_F(Asking, FindsWhoAnswersWhereItSaysThatItListens) {
  answer(next_question(), 1, 7777);
  for (;;) {
    const auto hosts = poll();
    if (!hosts) continue;
    ASSERT_EQ(hosts->size(), 1u);
    EXPECT_EQ(hosts->front().text(), "127.0.0.1:7777");
    break;
  }
  EXPECT_EQ(hosts_->advice(), "");
}

TEST_F(Asking, OneProcessIsOneWorkerAndAnAnswerToOthersNone) {
  const auto question = next_question();
  answer(question, 9, 9, 1);  // of another question
  answer(question, 1, 7001);
  answer(question, 1, 7002);  // the same process, by another way
  answer(question, 2, 7003);
  std::size_t count = 0;
  while (count < 2) count = found();
  answer(next_question(), 3, 7003);  // started again at the same address
  answer(next_question(), 4, 7004);
  EXPECT_EQ(found(), 3u);
}

TEST_F(Asking, SaysWhatToCheckWhereNobodyAnswers) {
  next_question();
  EXPECT_NE(hosts_->advice().find(std::to_string(port_)), std::string::npos);
  EXPECT_NE(hosts_->advice().find("firewall"), std::string::npos);
}

}  // namespace
}  // namespace mandel
