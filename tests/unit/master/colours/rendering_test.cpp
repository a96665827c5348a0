// The line of text that journals and pictures keep: what is written is read again, and nothing
// else.
#include "master/colours/rendering.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

TEST(Rendering, OfTheDefaultsIsTheMapsNameOnly) {
  EXPECT_EQ(Rendering{}.text(), "ultra");
  EXPECT_EQ(Rendering::parse("fire:rank"), Rendering{.map = "fire:rank"}) << "as older journals";
}

TEST(Rendering, ComesBackFromItsText) {
  const Rgb black{}, light{0xfe, 0xdc, 0xba};
  for (const Rendering& rendering :
       {Rendering{.map = "ultra:rank", .inside = light, .outside = black, .supersample = 3},
        Rendering{.map = "#000764,#206bcb:period=9", .outside = light}, Rendering{.inside = black},
        Rendering{.supersample = 8}, Rendering{.is_smallest = true},
        Rendering{.supersample = 2, .is_smallest = true}}) {
    const auto again = Rendering::parse(rendering.text());
    ASSERT_TRUE(again) << again.error().what;
    EXPECT_EQ(*again, rendering) << rendering.text();
  }
  EXPECT_EQ(
      (Rendering{.map = "ultra:rank", .inside = light, .outside = black, .supersample = 3}).text(),
      "ultra:rank inside=#fedcba outside=#000000 supersample=3");
}

TEST(Rendering, OtherTextIsRefused) {
  for (const char* bad :
       {"ultra ", "ultra  inside=#000000", "ultra inside=#00000", "ultra inside=", "ultra inside",
        "ultra supersample=1", "ultra supersample=9", "ultra supersample=-2", "ultra gamma=2",
        "ultra outside=#000000 inside=#000000", "ultra inside=#000000 inside=#000000",
        "ultra inside=#FFFFFF", "ultra smallest smallest", "ultra smallest=1"})
    EXPECT_FALSE(Rendering::parse(bad)) << bad;
}

TEST(Rendering, ReadsColoursWithAndWithoutTheirSign) {
  EXPECT_EQ(read_rgb("#01fe80"), (Rgb{1, 0xfe, 0x80}));
  EXPECT_EQ(read_rgb("01FE80"), (Rgb{1, 0xfe, 0x80}));
  for (const char* bad : {"", "#", "#fff", "white", "0x1234", "+12345", "#1234567", " 123456"})
    EXPECT_FALSE(read_rgb(bad)) << bad;
}

}  // namespace
}  // namespace mandel
