// See host_list.h.
#include "master/crew/sources/host_list.h"

#include <algorithm>

#include "common/net/host_expression.h"
#include "master/crew/sources/address_list.h"
#include "master/crew/sources/dns_hosts.h"
#include "master/crew/sources/hosts_file.h"
#include "master/crew/sources/lan_hosts.h"

namespace mandel {
namespace {

constexpr std::string_view kDns = "dns:";
constexpr std::string_view kAuto = "auto";
constexpr std::string_view kAutoPort = "auto:";

}  // namespace

Result<HostList> parse_host_list(std::string_view text) {
  HostList list;
  AddressList fixed(AddressList::Again::kMistake);
  // A line is an option given again, or the output of a command.
  std::string words(without_spaces(text));
  std::ranges::replace(words, '\n', ',');
  for (const std::string_view word : split_hosts(words)) {
    if (word.starts_with(kDns)) {
      auto name = parse_address(word.substr(kDns.size()));
      if (!name) return tl::unexpected(name.error());
      list.names.push_back(*std::move(name));
    } else if (word == kAuto || word.starts_with(kAutoPort)) {
      const auto address = parse_address(word);
      if (!address) return tl::unexpected(address.error());
      list.lan_port = address->port;
    } else {
      // A word that is missing must not vanish with its comma.
      if (word.empty()) return fail("an address is missing: give HOST[:PORT],...");
      if (const auto added = fixed.add(word); !added) return tl::unexpected(added.error());
    }
  }
  list.fixed = std::move(fixed).addresses();
  return list;
}

Result<std::vector<std::unique_ptr<HostSource>>> sources_of(const HostList& list) {
  std::vector<std::unique_ptr<HostSource>> sources;
  if (!list.fixed.empty()) sources.push_back(std::make_unique<FixedHosts>(list.fixed));
  for (const Address& name : list.names) sources.push_back(std::make_unique<DnsHosts>(name));
  if (list.lan_port) {
    auto lan = LanHosts::open(*list.lan_port);
    if (!lan) return tl::unexpected(lan.error());
    sources.push_back(*std::move(lan));
  }
  if (!list.file.empty()) {
    auto file = HostsFile::open(list.file);
    if (!file) return tl::unexpected(file.error());
    sources.push_back(*std::move(file));
  }
  return sources;
}

}  // namespace mandel
