// What a program that goes along with a job is told, and what becomes of the job without it.
#include "master/results/band_lines.h"

#include <csignal>
#include <gtest/gtest.h>
#include <unistd.h>

#include "common/net/wakeup.h"
#include "tests/unit/master/sinks/picture.h"

namespace mandel {
namespace {

using namespace picture;

// A line is told when its rows can be read, in the order in which they came.
TEST(BandLines, TellOfEachChunkThatIsKeptAndOfThoseOfAnEarlierMaster) {
  const TempFolder folder;
  Log log;
  for (int run = 0; run < 2; ++run) {
    Assembly::Config config = run == 0 ? kept(folder, log) : found(folder, log);
    config.hold_back = true;
    config.lines = *BandLines::open(folder.path("lines"));
    Assembly assembly(std::move(config));
    ASSERT_TRUE(assembly.begin());
    if (run == 1) {
      EXPECT_EQ(bytes_of(folder.path("lines")), R"({"first_row":6,"rows":2})"
                                                "\n");
      break;
    }
    for (const ChunkId chunk : {3u, 0u})
      ASSERT_TRUE(assembly.put(chunk, counts(chunk), print(chunk)));
    ASSERT_TRUE(assembly.revoke(0));
    EXPECT_EQ(bytes_of(folder.path("lines")), R"({"first_row":6,"rows":2})"
                                              "\n"
                                              R"({"first_row":0,"rows":2})"
                                              "\n"
                                              R"({"first_row":0,"rows":2,"revoked":true})"
                                              "\n");
    EXPECT_TRUE(assembly.leave());
  }
}

TEST(BandLines, EndTheJobOnceWhenNobodyReadsThem) {
  std::signal(SIGPIPE, SIG_IGN);  // as in every program of ours
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  StopSignals signals;
  const auto signal = [&] {
    Sleeper sleeper;
    signals.watch(sleeper);
    sleeper.skip();
    sleeper.sleep(0);
    return signals.take();
  };
  const auto lines = *BandLines::open("/dev/fd/" + std::to_string(ends[1]));
  EXPECT_TRUE(lines->tell_done({0, 4}));
  EXPECT_EQ(signal(), std::nullopt) << "somebody reads";
  close(ends[0]);
  EXPECT_TRUE(lines->tell_done({0, 4}));
  EXPECT_EQ(signal(), SIGTERM);
  EXPECT_TRUE(lines->tell_done({4, 4})) << "the job ends as it would without them";
  EXPECT_EQ(signal(), std::nullopt) << "a second one would kill";
  close(ends[1]);
}

TEST(BandLines, SayWhyTheyCantBeWritten) {
  EXPECT_EQ(BandLines::open("/nowhere/lines").error().what,
            "can't write to /nowhere/lines: No such file or directory");
  EXPECT_EQ((*BandLines::open("/dev/full"))->tell_done({0, 1}).error().what,
            "--bands: can't write to /dev/full: No space left on device");
}

}  // namespace
}  // namespace mandel
