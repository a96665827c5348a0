// The page that Prometheus reads: one mistake in its format, and it takes none of it.
#include "common/program/metrics.h"

#include <gtest/gtest.h>

#include "common/program/metrics_page.h"

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

TEST(MetricsPage, IsAtOnePlace) {
  Metrics metrics;
  metrics.add({"a_total", "A."});
  const HttpResponse page = metrics_page(metrics, {.path = "/metrics"});
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(page.body, metrics.text());
  for (const char* other : {"/", "/metrics/", "/metricsx"})
    EXPECT_EQ(metrics_page(metrics, {.path = other}).status, 404) << other;
}

TEST(MetricsPage, IsServedIfWantedAndErrorsNameTheOption) {
  const Metrics metrics;
  EXPECT_EQ(serve_metrics_if_wanted("", metrics).value(), nullptr);
  const auto first = serve_metrics_if_wanted("127.0.0.1:0", metrics);
  const std::string busy = first.value()->address().text();
  const auto second = serve_metrics_if_wanted(busy, metrics);
  ASSERT_FALSE(second);
  EXPECT_TRUE(second.error().what.starts_with("--metrics " + busy + ": ")) << second.error().what;
}

}  // namespace
}  // namespace mandel
