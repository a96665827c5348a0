// Who is in the crew: each address has a number, and is wanted now or not. Pure, so that a test can
// change a list without a worker. A number never stands for two addresses, and an address that
// comes back has its old number: what was learnt of it still holds.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "common/net/address.h"
#include "common/net/host_expression.h"
#include "master/chunks/ids.h"

namespace mandel {

class Roster {
 public:
  explicit Roster(std::size_t max = kHostsMax) : max_(max) {}

  // A worker that no list names, and that no list can take away.
  void add_permanent() { wanted_.push_back(true); }

  // What all lists together name now; the same address may be there twice. All others that a list
  // named before are wanted no more. Returns the new addresses in the order of their numbers, which
  // follow those given out before. At most `max` are ever taken.
  std::vector<Address> want(const std::vector<Address>& listed);

  std::size_t size() const { return wanted_.size(); }
  bool is_wanted(WorkerId worker) const { return wanted_[worker]; }
  // Has an address been left out for the limit's sake?
  bool has_overflowed() const { return has_overflowed_; }

 private:
  std::size_t max_;
  std::vector<bool> wanted_;                    // by WorkerId
  std::map<std::string, WorkerId> by_address_;  // that a list names, or named
  bool has_overflowed_ = false;
};

}  // namespace mandel
