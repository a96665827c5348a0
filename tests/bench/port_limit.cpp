// See port_limit.h. One exact iteration is 3 multiplications, 2 additions, and the doubling 2t +
// cy: either one fma (a multiplier's work) or two additions. The port test runs just these
// instructions in independent chains that never leave the registers, with no test, load or store
// between them, for each way to share the doublings out; the fastest way is the limit.
#include "tests/bench/port_limit.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fmt/format.h>
#include <utility>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/bench/port_limit.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace mandel::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Vector = hn::Vec<hn::ScalableTag<double>>;

// More than a latency of 4 on two pipes needs, few enough for the registers.
constexpr int kChains = (HWY_TARGET <= HWY_AVX3 && HWY_ARCH_X86) || HWY_ARCH_ARM_A64 ? 14 : 7;

struct Chains {
  Vector products[kChains];
  Vector sums[kChains];
};

// Step kStep of a round of so many instructions of each kind: one of each kind that is not used up.
template <int kMuls, int kFmas, int kAdds, int kStep = 0>
HWY_INLINE void run_round(Chains& chains, Vector one, Vector zero) {
  if constexpr (kStep < std::max(kMuls + kFmas, kAdds)) {
    Vector& product = chains.products[kStep % kChains];
    Vector& sum = chains.sums[kStep % kChains];
    if constexpr (kStep < kMuls) product = hn::Mul(product, one);
    if constexpr (kStep >= kMuls && kStep < kMuls + kFmas) product = hn::MulAdd(product, one, zero);
    if constexpr (kStep < kAdds) sum = hn::Add(sum, zero);
    run_round<kMuls, kFmas, kAdds, kStep + 1>(chains, one, zero);
  }
}

// The values never change, and the compiler can't know it.
template <int kMuls, int kFmas, int kAdds>
HWY_INLINE double run_rounds(std::uint64_t rounds) {
  const hn::ScalableTag<double> d;
  volatile double opaque_one = 1.0;
  volatile double opaque_zero = 0.0;
  const Vector one = hn::Set(d, opaque_one);
  const Vector zero = hn::Set(d, opaque_zero);
  Chains chains;
  // Each chain starts from a value of its own, or the compiler would merge chains.
  for (int i = 0; i < kChains; ++i) {
    chains.products[i] = hn::Set(d, opaque_one + i);
    chains.sums[i] = hn::Set(d, opaque_one - i);
  }
  for (std::uint64_t round = 0; round < rounds; ++round)
    run_round<kMuls, kFmas, kAdds>(chains, one, zero);
  Vector total = zero;
  for (int i = 0; i < kChains; ++i)
    total = hn::Add(total, hn::Add(chains.products[i], chains.sums[i]));
  return hn::GetLane(total);
}

// A round is the instructions of 12 vectors' iterations, `fused` of 3 doublings done by fma.
double run_iterations(int fused, std::uint64_t rounds) {
  switch (fused) {
    case 0:
      return run_rounds<36, 0, 48>(rounds);
    case 1:
      return run_rounds<36, 4, 40>(rounds);
    case 2:
      return run_rounds<36, 8, 32>(rounds);
    default:
      return run_rounds<36, 12, 24>(rounds);
  }
}

double run_muls(std::uint64_t rounds) { return run_rounds<kChains, 0, 0>(rounds); }
double run_adds(std::uint64_t rounds) { return run_rounds<0, 0, kChains>(rounds); }
std::size_t lanes() { return hn::Lanes(hn::ScalableTag<double>()); }
int chains() { return kChains; }
// Without it fma is two instructions, and no doubling is better off for it.
bool has_fma() { return HWY_TARGET != HWY_SSE4 && HWY_TARGET != HWY_SSSE3; }

}  // namespace mandel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mandel {
namespace {

HWY_EXPORT(run_iterations);
HWY_EXPORT(run_muls);
HWY_EXPORT(run_adds);
HWY_EXPORT(lanes);
HWY_EXPORT(chains);
HWY_EXPORT(has_fma);

// Interleaved, best of: a neighbour's work or a slow clock must not pass for a limit.
constexpr int kRepeats = 40;
constexpr double kVectorsInRound = 12.0;  // as run_iterations() has them
constexpr std::uint64_t kRounds = 20'000;

volatile double result;  // what is computed must seem to be wanted

// Work per second of run(kRounds), which does `per_round` pieces of it a round.
template <typename Run>
double rate(double per_round, Run run) {
  const auto began = std::chrono::steady_clock::now();
  result = run(kRounds);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
  return per_round * static_cast<double>(kRounds) / seconds.count();
}

constexpr int kAddsInRound = 16;

// Each addition waits for the last one; the empty assembly keeps the compiler from merging them.
template <std::size_t... kIndex>
void add_in_turn(std::uint64_t& sum, std::uint64_t& step, std::index_sequence<kIndex...>) {
  const auto add = [&](std::size_t) {
    sum += step;
    asm volatile("" : "+r"(sum), "+r"(step));
  };
  (add(kIndex), ...);
}

double dependent_adds(std::uint64_t rounds) {
  std::uint64_t sum = 1;
  std::uint64_t step = rounds;
  for (std::uint64_t round = 0; round < rounds; ++round)
    add_in_turn(sum, step, std::make_index_sequence<kAddsInRound>());
  return static_cast<double>(sum);
}

}  // namespace

PortLimit measure_port_limit() {
  PortLimit limit;
  limit.vector_lanes = HWY_DYNAMIC_DISPATCH(lanes)();
  const int fused_max = HWY_DYNAMIC_DISPATCH(has_fma)() ? 3 : 0;
  const double chain_count = HWY_DYNAMIC_DISPATCH(chains)();
  double muls = 0.0;
  double adds = 0.0;
  double iterations = 0.0;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    limit.clock_hz = std::max(limit.clock_hz, rate(kAddsInRound, dependent_adds));
    muls = std::max(muls, rate(chain_count, HWY_DYNAMIC_DISPATCH(run_muls)));
    adds = std::max(adds, rate(chain_count, HWY_DYNAMIC_DISPATCH(run_adds)));
    for (int fused = 0; fused <= fused_max; ++fused) {
      const double mix =
          rate(kVectorsInRound * static_cast<double>(limit.vector_lanes),
               [&](auto rounds) { return HWY_DYNAMIC_DISPATCH(run_iterations)(fused, rounds); });
      if (mix <= iterations) continue;
      iterations = mix;
      limit.fused_of_three = fused;
    }
  }
  limit.muls_per_clock = muls / limit.clock_hz;
  limit.adds_per_clock = adds / limit.clock_hz;
  limit.iterations_per_clock = iterations / limit.clock_hz;
  return limit;
}

std::string PortLimit::explanation() const {
  return fmt::format(
      "port limit of one core: {:.2f} G exact iterations/s = {:.2f} GHz (a chain of dependent\n"
      "integer additions) x {:.2f} per clock (measured: vectors of {} doubles, {:.2f} "
      "multiplications\n"
      "or {:.2f} additions per clock; 3 multiplications, 2 additions and a doubling an iteration, "
      "{}\n"
      "of 3 doublings by fma, the others by two additions; no tests, loads or stores)",
      iterations_per_second() / 1e9, clock_hz / 1e9, iterations_per_clock, vector_lanes,
      muls_per_clock, adds_per_clock, fused_of_three);
}

}  // namespace mandel
#endif
