// See metrics.h.
#include "worker/metrics.h"

#include <utility>

namespace mandel {
namespace {

using Family = Metrics::Family;
constexpr auto kCounter = Family::Type::kCounter;
constexpr auto kGauge = Family::Type::kGauge;

constexpr Family kChunks = {"mandel_worker_chunks_total", "Chunks computed."};
constexpr Family kBytes = {"mandel_worker_bytes_total",
                           "Bytes of counts sent to masters, as they travel."};
constexpr Family kSeconds = {
    "mandel_worker_seconds_total",
    "Time of chunks: waiting for a lane; lane time computing and encoding (hash and codec).",
    kCounter, kNanosecondUnit};
constexpr Family kErrors = {"mandel_worker_errors_total",
                            "Peers refused for what they sent or for their key, and chunks "
                            "that failed."};
constexpr Family kQueued = {"mandel_worker_queue_chunks", "Chunks that wait or are in the lanes.",
                            kGauge};
constexpr Family kMasters = {"mandel_worker_masters_connected", "Masters with a session.", kGauge};
constexpr Family kResults = {"mandel_worker_results_bytes",
                             "Memory of results: in the lanes, kept, or not read by masters yet.",
                             kGauge};
constexpr Family kLanes = {"mandel_worker_lanes", "Lanes of this worker.", kGauge};
constexpr Family kBusy = {"mandel_worker_lanes_busy", "Lanes that compute now.", kGauge};

}  // namespace

WorkerMetrics::WorkerMetrics(Metrics& metrics)
    : metrics_(metrics),
      chunks_(metrics.add(kChunks)),
      bytes_(metrics.add(kBytes)),
      waiting_(metrics.add(kSeconds, {{"phase", "waiting"}})),
      computing_(metrics.add(kSeconds, {{"phase", "computing"}})),
      encoding_(metrics.add(kSeconds, {{"phase", "encoding"}})),
      refused_(metrics.add(kErrors, {{"kind", "refused_peer"}})),
      refused_keys_(metrics.add(kErrors, {{"kind", "refused_key"}})),
      failed_(metrics.add(kErrors, {{"kind", "failed_chunk"}})),
      queued_(metrics.add(kQueued)),
      masters_(metrics.add(kMasters)),
      results_(metrics.add(kResults)) {}

void WorkerMetrics::watch_lanes(std::size_t lanes, std::function<std::uint64_t()> busy) {
  metrics_.add(kLanes).set(lanes);
  metrics_.add(kBusy, std::move(busy));
}

void WorkerMetrics::computed(const wire::Result& head) {
  chunks_.add();
  waiting_.add(head.waited_ns());
  computing_.add(head.computed_ns());
  encoding_.add(head.encoded_ns());
}

void WorkerMetrics::show(std::size_t queued, std::size_t masters, std::size_t results_bytes) {
  queued_.set(queued);
  masters_.set(masters);
  results_.set(results_bytes);
}

}  // namespace mandel
