// The plan lives through two thousand drawn jobs in which much goes wrong, and a referee watches.
// MANDEL_SIM_SEEDS says how many more or less. A failing seed N tells its story with
// mandel-sim --seed N --verbose.
#include <algorithm>
#include <cstdlib>
#include <gtest/gtest.h>

#include "tests/sim/simulation.h"

namespace mandel::sim {
namespace {

constexpr std::uint64_t kParts = 20;

std::uint64_t seeds_in_all() {
  const char* wanted = std::getenv("MANDEL_SIM_SEEDS");
  return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 2000;
}

class Simulation : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Simulation, EndsInTimeWithEveryChunkOnceAndRight) {
  const std::uint64_t seeds = seeds_in_all();
  for (std::uint64_t seed = 1 + GetParam(); seed <= seeds; seed += kParts) {
    SCOPED_TRACE(testing::Message() << "mandel-sim --verbose --seed " << seed);
    const Scenario scenario = draw(seed);
    EXPECT_EQ(simulate(scenario).breach, "") << in_words(scenario);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Simulation, testing::Range<std::uint64_t>(0, kParts));

TEST(Repetition, OneSeedTellsOneTale) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const Report first = simulate(draw(seed));
    const Report again = simulate(draw(seed));
    EXPECT_EQ(first.trace, again.trace) << seed;
    EXPECT_EQ(first.events, again.events) << seed;
  }
  EXPECT_NE(simulate(draw(1)).trace, simulate(draw(2)).trace);
}

// With nothing going wrong there is one result, one beat now and then, and nothing in vain.
TEST(Crowd, CostsFewEventsAChunk) {
  const Report report = simulate(crowd(200, 20000), {.has_referee = false});
  EXPECT_GT(report.makespan, 0);
  EXPECT_LT(report.events, 20000u * 3);
}

}  // namespace
}  // namespace mandel::sim
