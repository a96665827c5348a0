// See policy.h.
#include "master/policy.h"

#include <algorithm>

namespace mandel {
namespace {

constexpr std::uint32_t kPipelineMin = 4;  // chunks beyond the lanes: covers a loopback round trip
                                           // of the smallest chunks
constexpr std::uint32_t kCopiesMax = 2;

}  // namespace

std::uint32_t credit(const Capacity& worker, std::uint32_t pending, std::uint32_t workers) {
  const std::uint32_t full = worker.lanes + std::max(kPipelineMin, worker.lanes);
  const std::uint32_t fair = pending / (2 * std::max(1u, workers));
  const std::uint32_t wanted = std::clamp(fair, worker.lanes + 1, full);
  return std::max(1u, std::min(wanted, worker.credit_max));
}

bool worth_backup(std::uint32_t holder_held, std::uint32_t holder_lanes, std::uint32_t copies) {
  return holder_held > holder_lanes && copies < kCopiesMax;
}

}  // namespace mandel
