// The bar fits its line, and promises nothing that it can't know.
#include "master/stats/progress.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

constexpr ProgressState kHalf = {256, 100, 1'000'000, 500'000, 0, 2, 10 * kSecond};

TEST(Progress, DurationsReadLikeAClock) {
  EXPECT_EQ(duration_text(0), "0:00");
  EXPECT_EQ(duration_text(65.2), "1:05");
  EXPECT_EQ(duration_text(7200), "2:00:00");
  EXPECT_EQ(duration_text(-1), "0:00");
}

TEST(Progress, TheBarShowsShareChunksRateAndRemainingTime) {
  const std::string bar = bar_text(kHalf, 120);
  EXPECT_NE(bar.find("50 %"), std::string::npos) << bar;
  EXPECT_NE(bar.find("100/256"), std::string::npos) << bar;
  EXPECT_NE(bar.find("0.05 Mpixel/s"), std::string::npos) << bar;
  EXPECT_NE(bar.find("ETA 0:10"), std::string::npos) << bar;
  EXPECT_EQ(std::count(bar.begin(), bar.end(), '#'), std::count(bar.begin(), bar.end(), '.') - 1)
      << "half of it is full (the rate has a point, too): " << bar;
}

TEST(Progress, NeverOverflowsTheLine) {
  for (int width = 0; width < 200; ++width)
    EXPECT_LT(bar_text(kHalf, width).size(), static_cast<std::size_t>(std::max(width, 1)));
}

TEST(Progress, OfTheWritingSaysHowFarItIs) {
  const std::string bar = bar_text(WritingState{256, 64}, 120);
  EXPECT_NE(bar.find(" 25 %"), std::string::npos) << bar;
  EXPECT_NE(bar.find("writing the picture, chunk 64/256"), std::string::npos) << bar;
  EXPECT_EQ(std::count(bar.begin(), bar.end(), '#'), 10) << bar;
}

TEST(Progress, SaysWhatIsWrittenAndCountsWritingIn) {
  ProgressState slow_disk = kHalf;
  slow_disk.chunks_written = 40;
  slow_disk.writing_left = 70 * kSecond;
  const std::string line = line_text(slow_disk);
  EXPECT_NE(line.find("chunk 100/256 (40 written)"), std::string::npos) << line;
  EXPECT_NE(line.find("ETA 1:10"), std::string::npos) << line;
  slow_disk.writing_left = 3 * kSecond;
  EXPECT_NE(line_text(slow_disk).find("ETA 0:10"), std::string::npos) << "both at once";
}

TEST(Progress, OfTheWritingKnowsItsOwnPace) {
  const WritingState state{256, 128, 64, 10 * kSecond};
  EXPECT_NE(line_text(state).find("ETA 0:20"), std::string::npos) << line_text(state);
  EXPECT_NE(line_text(WritingState{256, 64, 64, kSecond}).find("ETA ?"), std::string::npos);
}

TEST(Progress, AtTheVeryStartItPromisesNothing) {
  EXPECT_NE(line_text({10, 0, 100, 0, 0, 0, 0}).find("ETA ?"), std::string::npos);
}

TEST(Progress, WhatAnEarlierRunDidIsNoMeasureOfSpeed) {
  ProgressState resumed = kHalf;
  resumed.pixels_resumed = 400'000;
  const std::string line = line_text(resumed);
  EXPECT_NE(line.find("50 %"), std::string::npos) << line;
  EXPECT_NE(line.find("0.01 Mpixel/s"), std::string::npos) << line;
  EXPECT_NE(line.find("ETA 0:50"), std::string::npos) << line;
}

}  // namespace
}  // namespace mandel
