// --hosts auto: the workers of the local networks, found by asking every address. A broadcast
// reaches all with one datagram. But a desktop's firewall usually lets in only answers to what was
// sent: it stops the answers to a broadcast, and lets through those to questions sent to single
// addresses. So both are sent, in all /24 networks of this machine, again and again: workers come
// later, too.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/net/discovery.h"
#include "common/net/udp.h"
#include "master/crew/sources/host_source.h"

namespace mandel {

// An IPv4 interface that is up, in the machine's byte order.
struct Interface {
  std::uint32_t address = 0;
  std::uint32_t netmask = 0;
};

// The addresses to ask: this machine itself (through loopback), then for each interface but
// loopback the network's broadcast address and every single one around our own, at most 254 of a
// network. Each address once; at most kAddressesAskedMax.
inline constexpr std::size_t kAddressesAskedMax = 8192;
std::vector<std::uint32_t> addresses_of_networks(const std::vector<Interface>& interfaces);

// Of this machine, without loopback.
std::vector<Interface> local_interfaces();

class LanHosts final : public HostSource {
 public:
  using Look = std::vector<Interface> (*)();
  // Workers that listen on `port`. `look` is asked before every round: networks come and go, too.
  static Result<std::unique_ptr<LanHosts>> open(std::uint16_t port, Look look = local_interfaces);

  std::optional<std::vector<Address>> poll(Nanoseconds now) override;
  Nanoseconds next_timer() const override { return next_; }
  void watch(Sleeper& sleeper) override { sleeper.watch(socket_.fd(), has_answers_); }
  bool has_begun() const override { return has_begun_; }
  std::string advice() const override;

 private:
  LanHosts(UdpSocket socket, std::uint16_t port, Look look);

  bool take_answers();
  bool take(const DiscoveryAnswer& answer, const std::string& from);
  void ask(Nanoseconds now);
  void tell_found();

  UdpSocket socket_;
  bool has_answers_ = false;  // as a sleep noticed
  const std::uint16_t port_;
  const std::uint64_t nonce_;
  const Look look_;
  std::vector<std::uint32_t> round_;  // whom this round asks
  std::size_t asked_ = 0;             // of them, by now
  int rounds_ = 0;
  Nanoseconds next_ = 0;
  bool has_begun_ = false;
  std::map<std::uint64_t, std::string>
      processes_;  // by incarnation: the address it was found at first
  std::vector<Address> found_;
  std::vector<std::string> names_;  // for people, of those found and not told yet
};

}  // namespace mandel
