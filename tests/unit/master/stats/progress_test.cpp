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
