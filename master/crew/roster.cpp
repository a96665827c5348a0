// See roster.h.
#include "master/crew/roster.h"

#include <algorithm>

namespace mandel {

std::vector<Address> Roster::want(const std::vector<Address>& listed) {
  for (const auto& [text, worker] : by_address_) names_[worker].is_listed = false;
  std::vector<Address> added;
  for (const Address& address : listed) {
    const auto known = by_address_.find(address.text());
    if (known != by_address_.end()) {
      names_[known->second].is_listed = true;
    } else if (names_.size() >= max_) {
      has_overflowed_ = true;
    } else {
      by_address_.emplace(address.text(), static_cast<WorkerId>(names_.size()));
      names_.push_back({.is_listed = true});
      added.push_back(address);
    }
  }
  return added;
}

void Roster::merge(WorkerId other, WorkerId worker) {
  if (!is_merged(other)) ++merged_;
  names_[other].same_as = worker;
}

void Roster::split(WorkerId worker) {
  for (const WorkerId other : merged_into(worker)) {
    names_[other].same_as.reset();
    --merged_;
  }
}

std::vector<WorkerId> Roster::merged_into(WorkerId worker) const {
  std::vector<WorkerId> others;
  for (WorkerId other = 0; other < names_.size(); ++other)
    if (names_[other].same_as == worker) others.push_back(other);
  return others;
}

bool Roster::is_wanted(WorkerId worker) const {
  if (is_merged(worker)) return false;
  if (names_[worker].is_listed || merged_ == 0) return names_[worker].is_listed;
  return std::ranges::any_of(
      names_, [&](const Name& other) { return other.is_listed && other.same_as == worker; });
}

}  // namespace mandel
