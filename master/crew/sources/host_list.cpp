// See host_list.h.
#include "master/crew/sources/host_list.h"

#include "common/net/host_expression.h"
#include "master/crew/sources/dns_hosts.h"
#include "master/crew/sources/hosts_file.h"
#include "master/crew/sources/lan_hosts.h"

namespace mandel {
namespace {

constexpr std::string_view kDns = "dns:";
constexpr std::string_view kAuto = "auto";
constexpr std::string_view kAutoPort = "auto:";

}  // namespace

Result<WantedHosts> parse_hosts(std::string_view text) {
  WantedHosts wanted;
  std::string fixed;
  for (const std::string_view word : split_hosts(text)) {
    if (word.starts_with(kDns)) {
      auto name = parse_address(word.substr(kDns.size()));
      if (!name) return tl::unexpected(name.error());
      wanted.names.push_back(*std::move(name));
    } else if (word == kAuto || word.starts_with(kAutoPort)) {
      const auto address = parse_address(word);
      if (!address) return tl::unexpected(address.error());
      wanted.lan_port = address->port;
    } else {
      // A word that is missing must not vanish with its comma.
      if (word.empty()) return fail("an address is missing: give HOST[:PORT],...");
      if (!fixed.empty()) fixed += ',';
      fixed += word;
    }
  }
  if (fixed.empty()) return wanted;
  auto addresses = parse_addresses(fixed);
  if (!addresses) return tl::unexpected(addresses.error());
  wanted.fixed = *std::move(addresses);
  return wanted;
}

Result<std::vector<std::unique_ptr<HostSource>>> sources_of(const WantedHosts& wanted) {
  std::vector<std::unique_ptr<HostSource>> sources;
  if (!wanted.fixed.empty()) sources.push_back(std::make_unique<FixedHosts>(wanted.fixed));
  for (const Address& name : wanted.names) sources.push_back(std::make_unique<DnsHosts>(name));
  if (wanted.lan_port) {
    auto lan = LanHosts::open(*wanted.lan_port);
    if (!lan) return tl::unexpected(lan.error());
    sources.push_back(*std::move(lan));
  }
  if (!wanted.file.empty()) {
    auto file = HostsFile::open(wanted.file);
    if (!file) return tl::unexpected(file.error());
    sources.push_back(*std::move(file));
  }
  return sources;
}

}  // namespace mandel
