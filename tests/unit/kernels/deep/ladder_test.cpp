// The ladder against published sums and against the oracle. Each run of the fuzz takes a fresh seed
// and prints it; MANDEL_FUZZ_SEED repeats one, and MANDEL_FUZZ_CASES says how many places.
#include "kernels/deep/ladder.h"

#include <algorithm>
#include <cstdlib>
#include <gtest/gtest.h>
#include <hwy/targets.h>
#include <random>
#include <thread>
#include <vector>

#include "common/base/sha256.h"
#include "kernels/deep/engine.h"
#include "kernels/deep/exact.h"
#include "kernels/deep/oracle.h"
#include "tests/golden/deep_jobs.h"
#include "tests/unit/kernels/deep/places.h"

namespace mandel {
namespace {

// In so many calls, by two threads, as lanes would.
std::vector<std::uint32_t> compute(const DeepGolden& row, std::uint32_t chunks,
                                   const LadderKnobs& knobs = {}) {
  const DeepView view = row.view();
  std::vector<std::uint32_t> counts(std::size_t{view.columns} * view.rows);
  const auto engine = make_ladder(view, row.max_iter, knobs);
  const auto lane = [&](std::uint32_t which) {
    for (std::uint32_t k = which; k < chunks; k += 2) {
      const std::uint32_t from = view.rows * k / chunks, to = view.rows * (k + 1) / chunks;
      engine->run(from, to - from,
                  std::span(counts).subspan(std::size_t{from} * view.columns,
                                            std::size_t{to - from} * view.columns),
                  {});
    }
  };
  std::jthread other(lane, 1);
  lane(0);
  other.join();
  return counts;
}

class EachDeepGolden : public testing::TestWithParam<DeepGolden> {};

TEST_P(EachDeepGolden, IsReproducedInAnyNumberOfChunks) {
  const DeepGolden& row = GetParam();
  for (const std::uint32_t chunks : {1u, 7u, row.side}) {
    if (chunks > 7 && row.side > 64) continue;  // the large ones twice are enough
    const std::vector<std::uint32_t> counts = compute(row, chunks);
    std::uint64_t sum = 0;
    for (const std::uint32_t count : counts) sum += count;
    EXPECT_EQ(sum, row.sum) << chunks;
    EXPECT_EQ(counts_sha256(counts), row.sha256) << chunks;
  }
}

std::string test_name(const testing::TestParamInfo<DeepGolden>& row) {
  std::string name = row.param.name;
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Row, EachDeepGolden, testing::ValuesIn(read_deep_golden()), test_name);

// Neither jumps nor reference nor vectors are part of a count.
TEST(Ladder, CountsTheSameWithAnyKnobs) {
  for (const char* name : {"own30in-24", "5e113-32", "seahorse-48", "whole-64"}) {
    const DeepGolden row = deep_golden(name);
    for (const double tolerance : {0x1p-24, 0x1p-36, 0x1p-52})
      for (const long off : {0L, 5L, -11L}) {
        const LadderKnobs knobs{.tolerance = tolerance,
                                .tolerance_pairs = 0x1p-60,
                                .has_vectors = off != 5,
                                .reference_right = off,
                                .reference_down = 2 * off};
        EXPECT_EQ(counts_sha256(compute(row, 3, knobs)), row.sha256)
            << name << ", tolerance " << tolerance << ", reference at " << off;
      }
  }
}

// With jumps so long that pairs leave many pixels.
LadderKnobs knobs_for_triples() {
  return {
      .tolerance = 0x1p-24, .tolerance_pairs = 0x1p-30, .oracle_pixels = 0, .triples_from_bits = 0};
}

TEST(Ladder, CountsTheSameInTriples) {
  for (const char* name : {"5e113-32", "4e533-10"}) {
    const DeepGolden row = deep_golden(name);
    EXPECT_EQ(counts_sha256(compute(row, 3, knobs_for_triples())), row.sha256) << name;
  }
}

// And jumps there, which the oracle can't; it does all where the longer reference does not fit.
TEST(Ladder, AsksTheOracleOnlyWithoutTriples) {
  const DeepGolden row = deep_golden("5e113-32");
  std::vector<std::uint64_t> works;
  LadderKnobs too_few = knobs_for_triples(), too_large = knobs_for_triples();
  too_few.oracle_pixels = UINT64_MAX;
  too_large.reference_bytes_max = 1 << 20;
  for (const LadderKnobs& knobs : {knobs_for_triples(), too_few, too_large}) {
    std::vector<std::uint32_t> counts(std::size_t{row.side} * row.side);
    const KernelStats stats =
        make_ladder(row.view(), row.max_iter, knobs)->run(0, row.side, counts, {});
    EXPECT_EQ(counts_sha256(counts), row.sha256);
    EXPECT_GT(stats.undecided_second, 10u);
    works.push_back(stats.executed);
  }
  EXPECT_EQ(works[1], works[2]);
  EXPECT_LT(works[0], works[1]);
}

// Nor is the width of vectors.
TEST(Ladder, CountsTheSameWithEveryInstructionSet) {
  const std::int64_t best = hwy::SupportedTargets();
  for (const std::int64_t target : {HWY_SSE4, HWY_AVX2, HWY_AVX3, HWY_NEON}) {
    if ((best & target) == 0) continue;
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    for (const char* name : {"own30in-24", "5e113-32", "4e533-10", "whole-64"}) {
      const DeepGolden row = deep_golden(name);
      EXPECT_EQ(counts_sha256(compute(row, 2)), row.sha256)
          << name << " on " << hwy::TargetName(target);
    }
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stoull(text);
}

TEST(DeepFuzz, AgreesWithTheOracle) {
  const std::uint64_t seed = number_of("MANDEL_FUZZ_SEED", std::random_device()());
  std::mt19937_64 random(seed);
  std::uint64_t undecided = 0, pixels = 0;
  for (std::uint64_t k = 0; k < number_of("MANDEL_FUZZ_CASES", 60); ++k) {
    const DeepCase place = random_deep_case(random, k % 3 == 0 ? 400 : 60);
    const DeepView& view = place.view;
    std::vector<std::uint32_t> counts(std::size_t{view.columns} * view.rows);
    const LadderKnobs knobs = k % 2 == 0 ? LadderKnobs() : knobs_for_triples();
    const KernelStats stats =
        make_ladder(view, place.max_iter, knobs)->run(0, view.rows, counts, {});
    undecided += stats.undecided_first;
    pixels += counts.size();
    const ExactGrid grid(view);
    std::uint64_t iterations = 0;
    for (std::uint32_t row = 0; row < view.rows; ++row)
      for (std::uint32_t column = 0; column < view.columns; ++column) {
        const OracleCount pixel = true_count(grid, column, row, place.max_iter, {});
        iterations += pixel.iterations;
        ASSERT_EQ(counts[row * view.columns + column], pixel.count)
            << place.kind << ", pixel " << column << ", " << row << " of " << view.columns << "x"
            << view.rows << ", step " << view.step_x << ", max_iter " << place.max_iter
            << ", MANDEL_FUZZ_SEED=" << seed;
      }
    // What was skipped and what was done is what the definition does.
    ASSERT_EQ(stats.executed + stats.skipped, iterations) << place.kind;
  }
  std::printf("%llu pixels, %llu left by the first rung; seed %llu\n",
              static_cast<unsigned long long>(pixels), static_cast<unsigned long long>(undecided),
              static_cast<unsigned long long>(seed));
}

// A pixel may be far wider than it is high: the orbits' size goes by the larger side.
TEST(Ladder, TakesPixelsThatAreFarFromSquare) {
  for (const DeepView& view : {DeepView{"-0.5", "0", "1e-150", "0.1", 1, 16},
                               DeepView{"-0.5", "0.1", "0.1", "1e-150", 16, 3},
                               DeepView{"-0.75", "0.1", "1e-120", "0.001", 3, 40}}) {
    std::vector<std::uint32_t> counts(std::size_t{view.columns} * view.rows), expected(counts);
    find_deep_backend("deep")->make(view, 500)->run(0, view.rows, counts, {});
    find_deep_backend("deep-naive")->make(view, 500)->run(0, view.rows, expected, {});
    EXPECT_EQ(counts, expected);
  }
}

TEST(Ladder, StopsWhenAsked) {
  std::stop_source source;
  const DeepView view{"-0.1", "0.1", "1e-40", "1e-40", 4, 4};
  std::vector<std::uint32_t> counts(16);
  const auto engine = find_deep_backend("deep")->make(view, 2'000'000'000);
  std::jthread other([&] { source.request_stop(); });
  EXPECT_TRUE(engine->run(0, 4, counts, StopPoll(source.get_token())).stopped);
}

}  // namespace
}  // namespace mandel
