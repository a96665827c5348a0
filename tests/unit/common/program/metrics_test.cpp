// The page that Prometheus reads: one mistake in its format, and it takes none of it.
#include "common/program/metrics.h"

#include <gtest/gtest.h>

#include "common/program/metrics_server.h"

namespace mandel {
namespace {

constexpr auto kGauge = Metrics::Family::Type::kGauge;

TEST(Metrics, APageHasEachFamilyOnceWithHelpAndType) {
  Metrics metrics;
  metrics.add({"a_chunks_total", "Chunks."}, {{"kind", "good"}}).add(3);
  metrics.add({"a_chunks_total", "Chunks."}, {{"kind", "bad"}, {"worker", "desk1:5755"}}).add();
  metrics.add({"a_lanes", "Lanes.", kGauge}).set(2);
  EXPECT_EQ(metrics.text(),
            "# HELP a_chunks_total Chunks.\n"
            "# TYPE a_chunks_total counter\n"
            "a_chunks_total{kind=\"good\"} 3\n"
            "a_chunks_total{kind=\"bad\",worker=\"desk1:5755\"} 1\n"
            "# HELP a_lanes Lanes.\n"
            "# TYPE a_lanes gauge\n"
            "a_lanes 2\n");
}

TEST(Metrics, NanosecondsAreShownAsSeconds) {
  Metrics metrics;
  Metric& seconds =
      metrics.add({"a_seconds_total", "Time.", Metrics::Family::Type::kCounter, kNanosecondUnit});
  seconds.add(1'500'000'000);
  seconds.add(2'000'000);
  EXPECT_NE(metrics.text().find("\na_seconds_total 1.502\n"), std::string::npos) << metrics.text();
}

TEST(Metrics, WhatIsReadIsAskedForEveryTime) {
  Metrics metrics;
  std::uint64_t busy = 1;
  metrics.add({"a_busy", "Busy.", kGauge}, [&] { return busy++; });
  EXPECT_NE(metrics.text().find("\na_busy 1\n"), std::string::npos);
  EXPECT_NE(metrics.text().find("\na_busy 2\n"), std::string::npos);
}

TEST(Metrics, LabelsAreEscaped) {
  Metrics metrics;
  metrics.add({"a_total", "A."}, {{"name", "a\"b\\c\nd"}});
  EXPECT_NE(metrics.text().find(R"(a_total{name="a\"b\\c\nd"} 0)"), std::string::npos)
      << metrics.text();
}

TEST(MetricsServer, ErrorsNameTheOptionAndTheAddress) {
  const Metrics metrics;
  const auto first = MetricsServer::start("127.0.0.1:0", metrics);
  ASSERT_TRUE(first);
  const std::string busy = (*first)->address().text();
  EXPECT_FALSE(busy.ends_with(":0"));
  for (const auto& [text, why] : {std::pair<std::string, std::string>{busy, "in use"},
                                  {"192.0.2.1:0", "assign"},
                                  {"127.0.0.1:http", "no port"},
                                  {"no-such-name.invalid:0", "does not resolve"}}) {
    const auto second = MetricsServer::start(text, metrics);
    ASSERT_FALSE(second) << text;
    EXPECT_TRUE(second.error().what.starts_with("--metrics " + text)) << second.error().what;
    EXPECT_NE(second.error().what.find(why), std::string::npos) << second.error().what;
  }
}

}  // namespace
}  // namespace mandel
