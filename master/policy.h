// How much and to whom: the scheduling decisions that are pure arithmetic, apart from the state
// machine that applies them (plan.h), so that each can be tested as a table.
#pragma once

#include <cstdint>

namespace mandel {

// What a worker is, as far as policy cares.
struct Capacity {
  std::uint32_t lanes = 1;
  std::uint32_t credit_max = 1;  // what the worker itself allows
};

// How many chunks the worker may hold at once. In mid-job: its lanes' worth, and as many again, to
// hide the round trip. Near the end, when `pending` chunks would not go round among `workers`,
// less, so that no lane is left idle by another's queue; but always one more than the lanes.
std::uint32_t credit(const Capacity& worker, std::uint32_t pending, std::uint32_t workers);

// Whether a copy of a chunk should go to an idle worker. Only chunks that wait behind their
// holder's lanes: what is already being computed would gain little from a second start.
bool worth_backup(std::uint32_t holder_held, std::uint32_t holder_lanes, std::uint32_t copies);

}  // namespace mandel
