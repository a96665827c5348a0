// See address_list.h.
#include "master/crew/sources/address_list.h"

#include <fmt/format.h>

#include "common/net/host_expression.h"

namespace mandel {

Result<void> AddressList::add(std::string_view words) {
  auto hosts = expand_hosts(words);
  if (!hosts) return tl::unexpected(hosts.error());
  for (const std::string& host : *hosts) {
    auto address = parse_address(host);
    if (!address) return tl::unexpected(address.error());
    if (texts_.insert(address->text()).second)
      addresses_.push_back(*std::move(address));
    else if (again_ == Again::kMistake)
      return fail(
          fmt::format("{} is named twice; once is enough for all its cores", address->text()));
  }
  if (addresses_.size() > kHostsMax)
    return fail(fmt::format("'{}': with it there are more than {} hosts", words, kHostsMax));
  return {};
}

}  // namespace mandel
