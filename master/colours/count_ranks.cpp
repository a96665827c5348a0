// See count_ranks.h.
#include "master/colours/count_ranks.h"

#include <algorithm>
#include <cmath>

namespace mandel {
namespace {

constexpr std::uint64_t kSampleMax = 1u << 20;  // 4 MiB
// 2^64 times the golden section: the fractions of its multiples lie evenly, wherever one begins and
// however wide a row is.
constexpr std::uint64_t kGolden = 0x9E37'79B9'7F4A'7C15;

// Chosen by eye, at places from 1e-9 to 1e-113.
constexpr double kTurnsByRank = 0.8;
constexpr double kTurnsByLogarithm = 0.5;  // for each doubling of the distance to the least
constexpr double kUsual = 0.9;             // of the pixels: their counts are near the least

}  // namespace

CountRanks::CountRanks(std::uint64_t pixels)
    : taken_(pixels <= kSampleMax ? UINT64_MAX : UINT64_MAX / pixels * kSampleMax) {}

void CountRanks::add(std::span<const std::uint32_t> counts) {
  for (const std::uint32_t count : counts)
    if (next_++ * kGolden <= taken_ && count != 0) sample_.push_back(count);
}

void CountRanks::sort() { std::ranges::sort(sample_); }

double CountRanks::turns(std::uint32_t count) const {
  if (sample_.empty()) return 0;
  const auto [below, above] = std::ranges::equal_range(sample_, count);
  const auto size = static_cast<double>(sample_.size());
  const double rank =
      static_cast<double>((below - sample_.begin()) + (above - sample_.begin())) / 2;
  const double least = sample_.front();
  const double usual = sample_[static_cast<std::size_t>(kUsual * (size - 1))];
  const double distance = std::max(0.0, count - least) / std::max(1.0, usual - least);
  return kTurnsByRank * rank / size + kTurnsByLogarithm * std::log2(1 + distance);
}

}  // namespace mandel
