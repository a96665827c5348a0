// Who is in the crew: addresses to numbers, and which of them are wanted now. Pure, so that what a
// changed list means is tested without a worker. Numbers are never used twice for different
// addresses, and an address that comes back has its old one: what was learnt of it still holds.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/net/address.h"
#include "master/chunks/ids.h"

namespace mandel {

class Roster {
 public:
  // One that no list names and no list can take away.
  void add_permanent() { wanted_.push_back(true); }

  // What all lists together name now, the same address perhaps twice; everybody else who was in a
  // list is wanted no more. Returns the addresses that are new, in the order of their numbers,
  // which follow those given out before. No more than kHostsMax are ever taken.
  std::vector<Address> want(const std::vector<Address>& listed);

  std::size_t size() const { return wanted_.size(); }
  bool is_wanted(WorkerId worker) const { return wanted_[worker]; }
  // Has an address been left out for the limit's sake?
  bool has_overflowed() const { return has_overflowed_; }

 private:
  std::vector<bool> wanted_;                    // by WorkerId
  std::map<std::string, WorkerId> by_address_;  // that a list names, or named
  bool has_overflowed_ = false;
};

}  // namespace mandel
