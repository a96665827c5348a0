// See policy.h.
#include "master/plan/policy.h"

#include <algorithm>
#include <cmath>

namespace mandel {
namespace {

constexpr double kRoundTrip_ns = 20e6;        // of a local network that has its bad moments
constexpr std::uint32_t kPipelineMin = 7;     // chunks beyond the lanes that may cover it
constexpr double kEndless = 1e6;              // chunks
constexpr Nanoseconds kBlind = kSecond;       // how long a worker of unknown speed is waited for
constexpr Nanoseconds kEnough = 6 * kSecond;  // for the newest backup of a chunk,
constexpr int kCrowd = 16;                    // or this part of what the first has had

}  // namespace

std::uint32_t credit(const Capacity& worker, const Speed& speed, const Fleet& fleet) {
  const auto wire_ns = static_cast<double>(speed.wire_ns);
  const double able = speed.lanes_rate > 0 ? speed.lanes_rate : speed.rate;
  const std::uint32_t near_max = std::max(kPipelineMin, worker.lanes) - 1;
  const double near = std::min<double>(able * kRoundTrip_ns, near_max);
  const double far = std::min(able * wire_ns, kEndless);
  const std::uint32_t full = worker.lanes + 1 + static_cast<std::uint32_t>(std::max(near, far));

  // At the worker one may be enough, since its lanes share it. Results that were held up and come
  // all at once look faster than lanes can be.
  const double under_way = std::min(std::ceil(std::min(speed.rate, able) * wire_ns), kEndless);
  const std::uint32_t least =
      std::clamp(1 + static_cast<std::uint32_t>(under_way), worker.lanes + 1, full);
  const double part = speed.rate > 0 && fleet.rate > 0 ? speed.rate / fleet.rate
                                                       : 1.0 / std::max(1u, fleet.workers);
  const auto fair = static_cast<std::uint32_t>(fleet.pending * std::min(part, 1.0) / 2);
  return std::max(1u, std::min(std::clamp(fair, least, full), worker.credit_max));
}

bool worth_starting(Nanoseconds chunk_ns, double rate, const Fleet& fleet) {
  const double others = fleet.rate - rate;
  if (chunk_ns == 0 || fleet.workers < 2 || others <= 0) return true;
  return static_cast<double>(chunk_ns - fleet.fastest_ns) <= fleet.unfinished / others;
}

Nanoseconds estimated_left(const Backable& chunk) {
  return chunk.left_ns > 0 ? chunk.left_ns : chunk.since_ns;
}

bool worth_backing_up(const Backable& chunk, Nanoseconds chunk_ns) {
  const bool is_known = chunk.left_ns > 0;
  if (chunk.is_queued && (!is_known || chunk_ns == 0)) return true;
  if (chunk_ns == 0) return chunk.since_ns > kBlind;
  return estimated_left(chunk) > chunk_ns;
}

bool worth_another_backup(Nanoseconds first_had_ns, Nanoseconds newest_had_ns) {
  if (newest_had_ns <= kBlind) return false;
  return newest_had_ns >= std::min(first_had_ns / 2, std::max(kEnough, first_had_ns / kCrowd));
}

std::uint32_t backups_max(std::uint32_t lanes_of_all) { return std::max(1u, lanes_of_all / 4); }

}  // namespace mandel
