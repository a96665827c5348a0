// The benchmark is believed, so it is tested: what it measures agrees, what is wrong is called
// wrong, and what can't be compared is never counted among the comparable.
#include "tests/bench/ladder.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "kernels/registry.h"
#include "tests/bench/ladder_report.h"

namespace mandel {
namespace {

constexpr NamedView kSmall{"small", "a test's", 100, 64, {}};

Ladder climb_small(std::uint32_t threads) {
  return climb({.view = &kSmall, .threads = threads, .kernels = {"complex"}, .repeats = 2});
}

// A rung as if it had run for a second.
KernelRung rung_of(const Backend& backend, bool agrees) {
  KernelRung rung(&backend, 1);
  rung.seconds = {1.0};
  rung.stats.executed = 1'000'000;
  rung.counts_sha256 = "0123456789abcdef";
  rung.agrees = agrees;
  return rung;
}

Ladder ladder_of(std::vector<KernelRung> rungs) {
  static const LadderOptions options{.view = &kSmall, .threads = 1, .kernels = {}, .repeats = 1};
  PortLimit limit;
  limit.clock_hz = 1e9;
  limit.iterations_per_clock = 0.1;
  return {options, 33, 32, 0.0, limit, std::move(rungs)};
}

TEST(Ladder, StartsWithScalarOnOneThreadAndAgreesWithIt) {
  for (const std::uint32_t threads : {1u, 3u}) {
    const Ladder ladder = climb_small(threads);
    ASSERT_EQ(ladder.rungs.size(), 2u);
    EXPECT_EQ(ladder.base().backend->name, "scalar");
    EXPECT_EQ(ladder.base().threads, 1u);
    EXPECT_EQ(ladder.rungs[1].threads, threads);
    EXPECT_EQ(ladder.rungs[1].sum, ladder.base().sum);
    EXPECT_EQ(ladder.rungs[1].stats.executed, ladder.base().stats.executed);
    EXPECT_EQ(ladder.rungs[1].seconds.size(), 2u);
    EXPECT_FALSE(ladder.has_errors());
  }
}

TEST(Ladder, SharesTheLimitAmongTheCoresThatARungUses) {
  const Backend& scalar = *find_backend("scalar");
  Ladder ladder = ladder_of({rung_of(scalar, true), rung_of(scalar, true)});
  ladder.rungs[1].threads = 2;
  EXPECT_DOUBLE_EQ(ladder.port_limit_share(ladder.rungs[0]), 0.01);
  EXPECT_DOUBLE_EQ(ladder.port_limit_share(ladder.rungs[1]), 0.005);
}

TEST(Ladder, CallsWrongCountsAnError) {
  const Backend& scalar = *find_backend("scalar");
  const Ladder ladder = ladder_of({rung_of(scalar, true), rung_of(scalar, false)});
  EXPECT_TRUE(ladder.has_errors());
  EXPECT_NE(table(ladder).find("DIFFERS FROM SCALAR"), std::string::npos);
}

TEST(Ladder, MarksOtherArithmeticAsNotComparable) {
  Backend single = *find_backend("scalar");
  single.semantics = "f32";
  const Ladder ladder = ladder_of({rung_of(*find_backend("scalar"), true), rung_of(single, false)});
  EXPECT_FALSE(ladder.has_errors());
  EXPECT_NE(table(ladder).find("*not comparable* (f32)"), std::string::npos);
  const auto rung = nlohmann::json::parse(json(ladder))["rungs"][1];
  EXPECT_EQ(rung["comparable"], false);
  EXPECT_TRUE(rung["port_limit_share"].is_null());
}

TEST(Ladder, NamesWhatDidNotRunAndCallsItAnErrorUnlessItIsAbsent) {
  const Backend& scalar = *find_backend("scalar");
  Ladder ladder = ladder_of({rung_of(scalar, true), KernelRung(&scalar, 1)});
  ladder.rungs[1].failure = "the device is gone";
  EXPECT_TRUE(ladder.has_errors());
  EXPECT_NE(table(ladder).find("the device is gone"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(json(ladder))["not_run"][0]["reason"], "the device is gone");
  ladder.rungs[1].is_absent = true;
  EXPECT_FALSE(ladder.has_errors());
}

TEST(Ladder, WarnsWhenTheMachineWasBusy) {
  Ladder ladder = ladder_of({rung_of(*find_backend("scalar"), true)});
  EXPECT_EQ(table(ladder).find("WARNING"), std::string::npos);
  ladder.load_average = 3.0;
  EXPECT_NE(table(ladder).find("WARNING"), std::string::npos);
}

TEST(Ladder, WritesTheAgreedJson) {
  const auto document = nlohmann::json::parse(json(climb_small(1)));
  EXPECT_EQ(document["view"], "small");
  EXPECT_EQ(document["threads"], 1);
  ASSERT_EQ(document["rungs"].size(), 2u);
  const auto rung = document["rungs"][1];
  EXPECT_EQ(rung["kernel"], "complex");
  EXPECT_GT(rung["seconds"], 0.0);
  EXPECT_GT(rung["sum"], 0);
  EXPECT_EQ(rung["counts_sha256"].get<std::string>().size(), 64u);
  EXPECT_GT(rung["iterations"], 0);
  EXPECT_GT(rung["port_limit_share"], 0.0);
}

TEST(PortLimit, IsMeasuredAndExplained) {
  const PortLimit limit = measure_port_limit();
  EXPECT_GT(limit.clock_hz, 0.0);
  EXPECT_GE(limit.vector_lanes, 1u);
  EXPECT_GT(limit.muls_per_clock, 0.0);
  EXPECT_GT(limit.adds_per_clock, 0.0);
  EXPECT_GT(limit.iterations_per_second(), 0.0);
  EXPECT_NE(limit.explanation().find("per clock"), std::string::npos);
}

}  // namespace
}  // namespace mandel
