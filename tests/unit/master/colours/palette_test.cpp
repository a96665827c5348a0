// Rings of colours: by name, and of stops that somebody gave.
#include "master/colours/palette.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

Palette palette_of(std::string_view text) { return Palette::named(text).value().value(); }

TEST(Palette, BlendsItsStopsAndClosesTheRing) {
  const auto palette = palette_of("#000000,#ffffff,#ff0000,#0000ff");
  EXPECT_EQ(palette.at(0), (Rgb{0, 0, 0}));
  EXPECT_EQ(palette.at(0.125), (Rgb{128, 128, 128}));
  EXPECT_EQ(palette.at(0.25), (Rgb{255, 255, 255}));
  EXPECT_EQ(palette.at(0.75), (Rgb{0, 0, 255}));
  EXPECT_EQ(palette.at(0.875), (Rgb{0, 0, 128})) << "between the last and the first";
  EXPECT_EQ(palette.at(7.25), palette.at(0.25));
  EXPECT_EQ(palette.at(-0.25), palette.at(0.75));
}

TEST(Palette, StopsNeedNoSignAndOneIsEnough) {
  EXPECT_EQ(palette_of("000000,FFffFF").at(0.25), palette_of("#000000,#ffffff").at(0.25));
  EXPECT_EQ(palette_of("ff8000").at(0.3), (Rgb{255, 128, 0}));
  EXPECT_EQ(text_of({{0, 0, 0}, {255, 128, 1}}), "#000000,#ff8001");
}

TEST(Palette, WhatIsNeitherANameNorStopsIsNoError) {
  EXPECT_EQ(Palette::named("plaid").value().has_value(), false);
  EXPECT_EQ(Palette::named("").value().has_value(), false);
  EXPECT_EQ(Palette::named("fff").value().has_value(), false);
  for (const char* bad : {"#fff", "#000000,", ",#000000", "#000000,,#000000", "#0000000",
                          "##000000", "#-00000", "#0x0000", "#000000, #000000"})
    EXPECT_FALSE(Palette::named(bad)) << bad;
}

TEST(Palette, HasABound) {
  const std::vector<Rgb> stops(kStopsMax, Rgb{1, 2, 3});
  EXPECT_TRUE(Palette::named(text_of(stops)));
  const auto too_many = Palette::named(text_of(stops) + ",#000000");
  ASSERT_FALSE(too_many);
  EXPECT_NE(too_many.error().what.find("at most 1024"), std::string::npos);
}

}  // namespace
}  // namespace mandel
