// What a master tells Prometheus, by name: the outcome as it stands, now and then. The loop keeps
// it up to date anyway, so that metrics cost a result nothing.
#pragma once

#include <string>
#include <vector>

#include "common/program/metrics.h"
#include "master/stats/outcome.h"

namespace mandel {

class MasterMetrics {
 public:
  explicit MasterMetrics(Metrics& metrics);

  struct State {
    std::uint32_t chunks = 0;
    std::uint32_t chunks_done = 0;
    std::size_t chunks_held = 0;  // sent out and not back
    std::uint32_t workers = 0;    // connected now
  };
  // `outcome` has the workers' bytes up to date. Workers that are new in it are added: there are at
  // most as many labels as a crew may have workers.
  void show(const State& state, const Outcome& outcome);

 private:
  struct Worker {
    Metric& chunks;
    Metric& bytes_in;
    Metric& bytes_out;
  };

  void add(const std::string& worker);

  Metrics& metrics_;
  Metric& total_;
  Metric& done_;
  Metric& held_;
  Metric& connected_;
  Metric& decoding_;
  Metric& verifying_;
  Metric& refused_;
  Metric& lost_;
  Metric& late_;
  Metric& revoked_;
  std::vector<Worker> workers_;
};

}  // namespace mandel
