// A task that failed has a reason, and no counts to send.
#include "worker/task_result.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

TEST(TaskResult, OfATaskThatFailedHasNoBody) {
  LaneResult failed;
  failed.failure = "no memory";
  const TaskResult result = task_result_of(std::move(failed), wire::PLANES_LZ4);
  EXPECT_EQ(result.lanes.failure, "no memory");
  EXPECT_TRUE(result.body.bytes.empty());
}

}  // namespace
}  // namespace mandel
