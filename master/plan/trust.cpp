// See trust.h.
#include "master/plan/trust.h"

#include <cmath>

namespace mandel {
namespace {

// A number from 0 to 1 for each input: splitmix64's finaliser (S. Vigna), which spreads well.
double lot(std::uint64_t seed) {
  std::uint64_t x = seed + 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  x ^= x >> 31;
  return std::ldexp(static_cast<double>(x), -64);
}

}  // namespace

bool Trust::wants_audit(WorkerId worker, ChunkId chunk) const {
  if (!is_on()) return false;
  const auto known = agreements_.find(worker);
  if (known == agreements_.end() || known->second < kAgreementsNeeded) return true;
  return lot(seed_ ^ (std::uint64_t{worker} << 32 | chunk)) < audit_;
}

}  // namespace mandel
