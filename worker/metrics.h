// A worker's figures for Prometheus, by name. The daemon's loop calls it whenever one changes. It
// says what happened; which families that changes, and what they are called, is known only here.
#pragma once

#include <cstddef>
#include <functional>

#include "common/program/metrics.h"
#include "mandel.pb.h"

namespace mandel {

class WorkerMetrics {
 public:
  explicit WorkerMetrics(Metrics& metrics);

  // The daemon's lanes, and how many of them compute, which is asked at every reading.
  void watch_lanes(std::size_t lanes, std::function<std::uint64_t()> busy);
  // A chunk was computed.
  void computed(const wire::Result& head);
  // A result went out, with a body of so many bytes.
  void sent(std::size_t bytes) { bytes_.add(bytes); }
  void failed() { failed_.add(); }
  void refused() { refused_.add(); }
  void refused_keys(std::size_t n) { refused_keys_.add(n); }
  // Tasks here, masters with a session, and the memory that results take.
  void show(std::size_t queued, std::size_t masters, std::size_t results_bytes);

 private:
  Metrics& metrics_;
  Metric& chunks_;
  Metric& bytes_;
  Metric& waiting_;
  Metric& computing_;
  Metric& encoding_;
  Metric& refused_;
  Metric& refused_keys_;
  Metric& failed_;
  Metric& queued_;
  Metric& masters_;
  Metric& results_;
};

}  // namespace mandel
