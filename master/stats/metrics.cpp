// See metrics.h.
#include "master/stats/metrics.h"

namespace mandel {
namespace {

using Family = Metrics::Family;
constexpr auto kCounter = Family::Type::kCounter;
constexpr auto kGauge = Family::Type::kGauge;

// Gauges, since an audit may take chunks back.
constexpr Family kChunks = {"mandel_master_chunks", "Chunks of the job, and of them done.", kGauge};
constexpr Family kWorkerChunks = {"mandel_master_worker_chunks",
                                  "Chunks accepted from a worker, by its address.", kGauge};
constexpr Family kHeld = {"mandel_master_queue_chunks", "Chunks that workers have.", kGauge};
constexpr Family kConnected = {"mandel_master_workers_connected", "Workers with a session.",
                               kGauge};
constexpr Family kSeconds = {"mandel_master_seconds_total", "Time of the loop, by what it did.",
                             kCounter, kNanosecondUnit};
constexpr Family kErrors = {
    "mandel_master_errors_total",
    "Results refused, sessions lost, results too late, and chunks taken back from liars."};
constexpr Family kBytes = {"mandel_master_bytes_total",
                           "Bytes of frames from (in) and to (out) a worker, by its address."};

}  // namespace

MasterMetrics::MasterMetrics(Metrics& metrics)
    : metrics_(metrics),
      total_(metrics.add(kChunks, {{"state", "total"}})),
      done_(metrics.add(kChunks, {{"state", "done"}})),
      held_(metrics.add(kHeld)),
      connected_(metrics.add(kConnected)),
      decoding_(metrics.add(kSeconds, {{"phase", "decoding"}})),
      verifying_(metrics.add(kSeconds, {{"phase", "verifying"}})),
      refused_(metrics.add(kErrors, {{"kind", "refused"}})),
      lost_(metrics.add(kErrors, {{"kind", "lost"}})),
      late_(metrics.add(kErrors, {{"kind", "late"}})),
      revoked_(metrics.add(kErrors, {{"kind", "revoked"}})) {}

void MasterMetrics::add(const std::string& worker) {
  workers_.push_back({metrics_.add(kWorkerChunks, {{"worker", worker}}),
                      metrics_.add(kBytes, {{"worker", worker}, {"direction", "in"}}),
                      metrics_.add(kBytes, {{"worker", worker}, {"direction", "out"}})});
}

void MasterMetrics::show(const State& state, const Outcome& outcome) {
  total_.set(state.chunks);
  done_.set(state.chunks_done);
  held_.set(state.chunks_held);
  connected_.set(state.workers);
  decoding_.set(static_cast<std::uint64_t>(outcome.decoding_ns));
  verifying_.set(static_cast<std::uint64_t>(outcome.verifying_ns));
  late_.set(outcome.late);
  while (workers_.size() < outcome.workers.size()) add(outcome.workers[workers_.size()].label);
  std::uint64_t refused = 0;
  std::uint64_t lost = 0;
  std::uint64_t revoked = 0;
  for (std::size_t k = 0; k < workers_.size(); ++k) {
    const WorkerTotals& totals = outcome.workers[k];
    refused += totals.refused;
    lost += totals.lost;
    revoked += totals.revoked;
    workers_[k].chunks.set(totals.chunks);
    workers_[k].bytes_in.set(totals.bytes_in);
    workers_[k].bytes_out.set(totals.bytes_out);
  }
  refused_.set(refused);
  lost_.set(lost);
  revoked_.set(revoked);
}

}  // namespace mandel
