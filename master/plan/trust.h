// Which workers are believed, and how often they are checked. A worker that miscounts with a
// matching hash (a broken core, a liar) is caught only by computing chunks again elsewhere.
//
// Source: D. Anderson, "BOINC: A Platform for Volunteer Computing", J. Grid Computing 18 (2020),
// adaptive replication: no trust before ten results in a row that others agree with, then a check
// now and then, and back to nothing with one failure.
#pragma once

#include <cstdint>
#include <map>

#include "master/chunks/ids.h"

namespace mandel {

class Trust {
 public:
  static constexpr std::uint32_t kAgreementsNeeded = 10;

  // `audit`: the share of a trusted worker's chunks that are checked; 0: nobody's ever are. Which
  // ones follows from `seed`, so that a run can be told again, but no worker can foresee it.
  Trust(double audit, std::uint64_t seed) : audit_(audit), seed_(seed) {}

  bool is_on() const { return audit_ > 0; }
  bool wants_audit(WorkerId worker, ChunkId chunk) const;
  void agreed(WorkerId worker) { ++agreements_[worker]; }
  void failed(WorkerId worker) { agreements_[worker] = 0; }

 private:
  double audit_;
  std::uint64_t seed_;
  std::map<WorkerId, std::uint32_t> agreements_;  // in a row
};

}  // namespace mandel
