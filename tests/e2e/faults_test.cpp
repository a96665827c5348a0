// Workers that are there, answer, and are of little use: one whose lane hangs while its daemon
// beats, one whose machine is fifty times slower than the other. strange_test's workers hang by
// themselves; here it is the shipped binary, stopped in the middle of a kernel.
#include <gtest/gtest.h>

#include "hinder.h"
#include "long_job.h"

namespace mandel::e2e {
namespace {

class FrozenLane : public LongJob {};

TEST_F(FrozenLane, LosesItsChunksToTheOtherThoughItsWorkerStillBeats) {
  Worker hung(kSlowly);
  const Worker other(kSlowly);
  Process master = start(hung.address() + "," + other.address());
  ASSERT_TRUE(master.prints_error(hung.address() + " is ready")) << master.err();
  const FrozenThread lane(busiest_thread(hung.process().pid()));
  expect_right(master);
  EXPECT_EQ(master.err().find("silent"), std::string::npos) << master.err();
}

class SlowWorker : public LongJob {};

// Its first chunk would take it longer than the whole job takes the other one, so that it delivers
// none unless somebody waits for it.
TEST_F(SlowWorker, IsNotWaitedForAtTheEnd) {
  Worker slow(kSlowly);
  const Worker fast(kSlowly);
  const SlowedProcess slowed(slow.process().pid(), 0.02);
  Process master = start(slow.address() + "," + fast.address(), {"--chunks", "12"});
  ASSERT_TRUE(master.prints_error(slow.address() + " is ready")) << master.err();
  expect_right(master);
  EXPECT_EQ(totals_of(slow.address())["lost"], 0) << master.err();
  EXPECT_EQ(totals_of(slow.address())["chunks"], 0) << master.err();
}

}  // namespace
}  // namespace mandel::e2e
