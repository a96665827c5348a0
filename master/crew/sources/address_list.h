// Addresses named one after the other, in the words of --hosts or the lines of a file: no address
// twice, and no more than a crew may have.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/error.h"
#include "common/net/address.h"

namespace mandel {

class AddressList {
 public:
  // HOST[:PORT] or an expression (desk[01-16]), or several with commas between.
  Result<void> add(std::string_view words);
  std::vector<Address> addresses() && { return std::move(addresses_); }

 private:
  std::vector<Address> addresses_;
  std::set<std::string> texts_;
};

}  // namespace mandel
