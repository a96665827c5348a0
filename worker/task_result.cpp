// See task_result.h.
#include "worker/task_result.h"

#include <utility>

#include "common/base/clock.h"

namespace mandel {

TaskResult task_result_of(LaneResult lanes, wire::Encoding wish) {
  TaskResult result;
  if (lanes.counts) {
    const Nanoseconds began = steady_now();
    result.print = fingerprint({lanes.counts.get(), lanes.count});
    result.body = body_of(std::move(lanes.counts), lanes.count, wish);
    result.encoded_ns = static_cast<std::uint64_t>(steady_now() - began);
  }
  result.lanes = std::move(lanes);
  return result;
}

}  // namespace mandel
