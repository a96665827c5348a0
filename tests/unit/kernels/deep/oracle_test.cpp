// The oracle: points whose counts are known by hand, and those that nobody can decide.
#include "kernels/deep/oracle.h"

#include <gtest/gtest.h>
#include <thread>
#include <vector>

#include "kernels/deep/engine.h"

namespace mandel {
namespace {

constexpr long kPixelBits = 10;

std::uint32_t count_at(const char* x, const char* y, std::uint32_t max_iter = 1000) {
  return true_count(mpq_class(x), mpq_class(y), max_iter, kPixelBits, {}).count;
}

TEST(Oracle, CountsAsTheDefinitionSays) {
  EXPECT_EQ(count_at("0", "0"), 0u);       // never escapes
  EXPECT_EQ(count_at("3", "0"), 0u);       // at once
  EXPECT_EQ(count_at("1/2", "0"), 4u);     // .5 .75 1.06 1.63 3.15
  EXPECT_EQ(count_at("0", "1"), 0u);       // i, i-1, -i, i-1 ...
  EXPECT_EQ(count_at("1/2", "0", 4), 0u);  // not within four iterations
  EXPECT_EQ(count_at("1/2", "0", 5), 4u);
}

TEST(Oracle, KnowsTheRealSegment) {
  constexpr std::uint32_t kLong = 2'000'000'000;  // no loop would end in time
  EXPECT_EQ(count_at("-2", "0", kLong), 0u);
  EXPECT_EQ(count_at("1/4", "0", kLong), 0u);
  EXPECT_EQ(count_at("-17/10", "0", kLong), 0u);
  EXPECT_GT(count_at("250001/1000000", "0", 10'000), 0u);
}

// Both touch |z| = 2: (6+8i)/5 at n = 0, 1 at n = 1.
TEST(Oracle, DecidesEarlyTiesExactly) {
  EXPECT_EQ(count_at("6/5", "8/5"), 1u);
  EXPECT_EQ(count_at("1", "0"), 2u);
}

TEST(Oracle, TakesMoreBitsNearATie) {
  const char* tiny = "1/1000000000000000000000000000000000000000000000000000000000000";
  EXPECT_EQ(count_at("1", tiny), 1u);
}

TEST(Oracle, StopsWhenAsked) {
  std::stop_source source;
  source.request_stop();
  EXPECT_TRUE(true_count(mpq_class("-1/10"), mpq_class("1/10"), 2'000'000'000, kPixelBits,
                         StopPoll(source.get_token()))
                  .stopped);
}

// Who asks the oracle alone does not say that doubles have decided.
TEST(Oracle, CountsItsPixelsAsItsOwn) {
  std::vector<std::uint32_t> counts(12);
  const KernelStats stats = find_deep_backend("deep-naive")
                                ->make({"-0.5", "0.1", "0.1", "0.1", 4, 3}, 50)
                                ->run(0, 3, counts, {});
  EXPECT_EQ(stats.undecided_first, 12u);
  EXPECT_EQ(stats.undecided_second, 12u);
}

class EachDeepBackend : public testing::TestWithParam<std::string_view> {};

TEST_P(EachDeepBackend, PassesItsSelfTest) {
  EXPECT_EQ(self_test_failure(*find_deep_backend(GetParam())), "");
}

INSTANTIATE_TEST_SUITE_P(All, EachDeepBackend, testing::ValuesIn([] {
                           std::vector<std::string_view> names;
                           for (const DeepBackend& backend : deep_backends())
                             names.push_back(backend.name);
                           return names;
                         }()));

}  // namespace
}  // namespace mandel
