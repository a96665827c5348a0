// Who is in the crew: each address has a number, and is wanted now or not. Pure, so that a test can
// change a list without a worker. An address that comes back has its old number: what was learnt of
// it still holds. Two addresses may turn out to be one worker's; then one number stands for both.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
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
  void add_permanent() { names_.push_back({.is_listed = true}); }

  // What all lists together name now; the same address may be there twice. All others that a list
  // named before are wanted no more. Returns the new addresses in the order of their numbers, which
  // follow those given out before. At most `max` are ever taken.
  std::vector<Address> want(const std::vector<Address>& listed);

  // The address of `other` is another one of `worker`: who lists either wants that worker.
  void merge(WorkerId other, WorkerId worker);
  // Those merged into `worker` are workers of their own again.
  void split(WorkerId worker);
  bool is_merged(WorkerId other) const { return names_[other].same_as.has_value(); }
  std::vector<WorkerId> merged_into(WorkerId worker) const;

  std::size_t size() const { return names_.size(); }
  bool is_wanted(WorkerId worker) const;
  // Has an address been left out for the limit's sake?
  bool has_overflowed() const { return has_overflowed_; }

 private:
  struct Name {
    bool is_listed = false;
    std::optional<WorkerId> same_as = {};
  };
  std::size_t max_;
  std::vector<Name> names_;                     // by WorkerId
  std::map<std::string, WorkerId> by_address_;  // that a list names, or named
  std::size_t merged_ = 0;                      // of them, into others
  bool has_overflowed_ = false;
};

}  // namespace mandel
