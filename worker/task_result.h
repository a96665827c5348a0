// What becomes of a task in the lanes, with all that has to be computed on its counts before they
// can be sent. That happens on the thread that finished it, a lane's but for the smallest; the loop
// fills the message about it (messages.h).
#pragma once

#include <cstdint>

#include "common/base/fingerprint.h"
#include "kernels/lane_pool.h"
#include "mandel.pb.h"
#include "worker/body.h"

namespace mandel {

struct TaskResult {
  LaneResult lanes;  // without the counts
  Fingerprint print;
  Body body;
  std::uint64_t encoded_ns = 0;  // what the print and the body took
};

// In the encoding that is wished. Takes as long as two passes over the counts.
TaskResult task_result_of(LaneResult lanes, wire::Encoding wish);

}  // namespace mandel
