// A worker that is away is dialled again soon, and never at full speed.
#include "common/base/backoff.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

TEST(Backoff, DoublesUpToTwoSecondsAndStartsOver) {
  Backoff backoff;
  for (const Nanoseconds ms : {50, 100, 200, 400, 800, 1600, 2000, 2000})
    EXPECT_EQ(backoff.next_pause(), ms * kMillisecond);
  backoff.reset();
  EXPECT_EQ(backoff.next_pause(), 50 * kMillisecond);
}

}  // namespace
}  // namespace mandel
