// Workers that are there, answer, and are of little use: one whose lane hangs while its daemon
// beats, one whose machine is fifty times slower than the other. strange_test's workers hang by
// themselves; here it is the shipped binary, stopped in the middle of a kernel.
#include <csignal>
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

class Parent : public LongJob {};

TEST_F(Parent, ThatIsKilledTakesItsMasterAlong) {
  const Worker worker(kSlowly);
  Process parent({"/bin/sleep", "600"});
  const std::vector<std::string> follows = {"--parent", std::to_string(parent.pid())};
  Process master = start(worker.address(), follows);
  ASSERT_TRUE(master.prints_error(worker.address() + " is ready")) << master.err();
  parent.signal(SIGKILL);
  parent.wait();
  EXPECT_EQ(master.wait(), 130) << master.err();
  Process late = start(worker.address(), follows);
  EXPECT_EQ(late.wait(), 128 + SIGTERM) << late.err();
  EXPECT_FALSE(is_over());
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

// One worker, each of whose processes dies with its first chunk, or with the sixth.
class CrashLoop : public LongJob, public testing::WithParamInterface<const char*> {};

TEST_P(CrashLoop, CostsTheOthersNoChunk) {
  const Worker dying(MANDEL_STRANGE_WORKER, {"dies-after", GetParam()});
  const Worker sound[] = {Worker(kSlowly), Worker(kSlowly)};
  Process master = start(dying.address() + "," + sound[0].address() + "," + sound[1].address(),
                         {"--chunks", "48"});
  expect_right(master);
  EXPECT_GE(totals_of(dying.address())["lost"], 1) << master.err();
}

INSTANTIATE_TEST_SUITE_P(After, CrashLoop, testing::Values("0", "5"));

using CrashLoops = LongJob;

TEST_F(CrashLoops, TwoOfFourCostTheOthersNoChunkAndAreGivenLessAndLess) {
  const Worker dying[] = {Worker(MANDEL_STRANGE_WORKER, {"dies-after", "0"}),
                          Worker(MANDEL_STRANGE_WORKER, {"dies-after", "0"})};
  const Worker sound[] = {Worker(kSlowly), Worker(kSlowly)};
  Process master = start(dying[0].address() + "," + dying[1].address() + "," + sound[0].address() +
                             "," + sound[1].address(),
                         {"--chunks", "48"});
  expect_right(master);
  const std::string log = master.err();
  const auto said = log.find("came to nothing 2 times in a row");
  EXPECT_NE(said, std::string::npos) << log;
  EXPECT_LE(totals_of(dying[0].address())["lost"], 12) << log;
}

TEST_F(CrashLoops, OfWorkersThatDialInCostNoChunk) {
  Process master = start_with({"--listen", "127.0.0.1:0", "--patience", "60", "--chunks", "48"});
  ASSERT_TRUE(master.prints_error("listens on ")) << master.err();
  const std::string log = master.err();
  const auto at = log.find("listens on ") + 11;
  const std::string lobby = log.substr(at, log.find(' ', at) - at);
  const Process dying({MANDEL_STRANGE_WORKER, "dies-after", "0", lobby});
  const Process sound({MANDEL_WORKER, "--join", lobby, "--threads", "1", "--kernel", "scalar"});
  expect_right(master);
  EXPECT_NE(master.err().find("lost 127.0.0.1#"), std::string::npos) << master.err();
}

TEST_F(CrashLoops, OfTheOnlyWorkerEndTheJobByPatience) {
  const Worker dying(MANDEL_STRANGE_WORKER, {"dies-after", "0"});
  Process master = start(dying.address(), {"--chunks", "48", "--patience", "3"});
  EXPECT_EQ(master.wait(), 4) << master.err();
  EXPECT_NE(master.err().find("no worker could be used: who came died again and again"),
            std::string::npos)
      << master.err();
}

// Whether the chunk or the worker is to blame, nobody can know.
TEST_F(CrashLoops, WithTheOnlyChunkEndTheJobByPatienceToo) {
  const Worker dying(MANDEL_STRANGE_WORKER, {"dies-after", "0"});
  Process master = start(dying.address(), {"--chunks", "1", "--patience", "3"});
  EXPECT_EQ(master.wait(), 4) << master.err();
  EXPECT_EQ(master.err().find("is missing"), std::string::npos) << master.err();
}

using NeverEnds = LongJob;

// It beats, its lane gets on, and nothing comes.
TEST_F(NeverEnds, AnAuditDoesNotWaitForIt) {
  const Worker endless(MANDEL_STRANGE_WORKER, {"never-ends"});
  const Worker sound(kSlowly);
  Process master =
      start(endless.address() + "," + sound.address(), {"--chunks", "24", "--audit", "0.05"});
  expect_right(master);
  EXPECT_EQ(totals_of(endless.address())["chunks"], 0);
}

}  // namespace
}  // namespace mandel::e2e
