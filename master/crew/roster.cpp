// See roster.h.
#include "master/crew/roster.h"

namespace mandel {

std::vector<Address> Roster::want(const std::vector<Address>& listed) {
  for (const auto& [text, worker] : by_address_) wanted_[worker] = false;
  std::vector<Address> added;
  for (const Address& address : listed) {
    const auto known = by_address_.find(address.text());
    if (known != by_address_.end()) {
      wanted_[known->second] = true;
    } else if (wanted_.size() >= max_) {
      has_overflowed_ = true;
    } else {
      by_address_.emplace(address.text(), static_cast<WorkerId>(wanted_.size()));
      wanted_.push_back(true);
      added.push_back(address);
    }
  }
  return added;
}

}  // namespace mandel
