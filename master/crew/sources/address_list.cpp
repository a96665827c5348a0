// See address_list.h.
#include "master/crew/sources/address_list.h"

#include <fmt/format.h>

#include "common/net/host_expression.h"

namespace mandel {

Result<void> AddressList::add(std::string_view words) {
  auto added = parse_addresses(words);
  if (!added) return tl::unexpected(added.error());
  for (Address& address : *added) {
    if (!texts_.insert(address.text()).second)
      return fail(fmt::format("{} is named twice", address.text()));
    addresses_.push_back(std::move(address));
  }
  if (addresses_.size() > kHostsMax)
    return fail(fmt::format("'{}': with it there are more than {} hosts", words, kHostsMax));
  return {};
}

}  // namespace mandel
