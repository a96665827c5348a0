// Each figure of the outcome is shown under its documented name.
#include "master/stats/metrics.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

TEST(MasterMetrics, ShowWhatBecameOfTheJob) {
  Metrics metrics;
  MasterMetrics shown(metrics);
  Outcome outcome;
  outcome.decoding_ns = 1'500'000;
  outcome.verifying_ns = 250'000'000;
  outcome.late = 4;
  outcome.workers.resize(1);
  outcome.workers[0].label = "desk1:5755";
  shown.show({64, 0, 0, 1}, outcome);
  outcome.workers.emplace_back().label = "desk2:5755";  // it joined later
  outcome.workers[0].chunks = 30;
  outcome.workers[0].bytes_in = 5'000'000'001;
  outcome.workers[1].bytes_out = 77;
  outcome.workers[0].refused = 1;
  outcome.workers[1].refused = 2;
  outcome.workers[1].lost = 5;
  outcome.workers[1].revoked = 6;
  shown.show({64, 30, 8, 2}, outcome);
  const std::string text = metrics.text();
  for (const char* line :
       {"mandel_master_chunks{state=\"total\"} 64", "mandel_master_chunks{state=\"done\"} 30",
        "mandel_master_queue_chunks 8", "mandel_master_workers_connected 2",
        "mandel_master_seconds_total{phase=\"decoding\"} 0.0015",
        "mandel_master_seconds_total{phase=\"verifying\"} 0.25",
        "mandel_master_errors_total{kind=\"refused\"} 3",
        "mandel_master_errors_total{kind=\"lost\"} 5",
        "mandel_master_errors_total{kind=\"late\"} 4",
        "mandel_master_errors_total{kind=\"revoked\"} 6",
        "mandel_master_worker_chunks{worker=\"desk1:5755\"} 30",
        "mandel_master_bytes_total{worker=\"desk1:5755\",direction=\"in\"} "
        "5000000001",
        "mandel_master_bytes_total{worker=\"desk2:5755\",direction=\"out\"} 77"})
    EXPECT_NE(text.find(std::string("\n") + line + "\n"), std::string::npos) << line << "\n"
                                                                             << text;
}

}  // namespace
}  // namespace mandel
