// Addresses named one after the other, in the words of --hosts or the lines of a file: each once,
// and no more than a crew may have.
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
  // What an address named again is: a mistake, or, in the lists of batch systems, another core of
  // the same machine, whose worker uses all cores anyway.
  enum class Again { kMistake, kCore };

  explicit AddressList(Again again) : again_(again) {}

  // HOST[:PORT] or an expression (desk[01-16]), or several with commas between.
  Result<void> add(std::string_view words);
  std::vector<Address> addresses() && { return std::move(addresses_); }

 private:
  const Again again_;
  std::vector<Address> addresses_;
  std::set<std::string> texts_;
};

}  // namespace mandel
