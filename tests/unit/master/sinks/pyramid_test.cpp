// The levels and tiles of a pyramid, by numbers that can be checked by hand.
#include "master/sinks/pyramid.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

using Size = Pyramid::Size;
using Stretch = Pyramid::Stretch;

TEST(Pyramid, LevelsHalveToOnePixel) {
  const Pyramid pyramid({1300, 900});
  ASSERT_EQ(pyramid.deepest(), 11u);
  EXPECT_EQ(pyramid.pixels(11), (Size{1300, 900}));
  EXPECT_EQ(pyramid.pixels(10), (Size{650, 450}));
  EXPECT_EQ(pyramid.pixels(8), (Size{163, 113}));  // 162.5 and 112.5
  EXPECT_EQ(pyramid.pixels(0), (Size{1, 1}));
  EXPECT_EQ(pyramid.tiles(11), (Size{6, 4}));
  EXPECT_EQ(pyramid.tiles(9), (Size{2, 1}));
}

TEST(Pyramid, EachLevelIsHalfOfTheNextRoundedUp) {
  for (const Size size :
       {Size{1, 1}, Size{1, 1000}, Size{257, 3}, Size{1u << 20, (1u << 20) - 1}}) {
    const Pyramid pyramid(size);
    EXPECT_EQ(pyramid.pixels(pyramid.deepest()), size);
    for (std::uint32_t level = 0; level < pyramid.deepest(); ++level) {
      const Size deeper = pyramid.pixels(level + 1);
      EXPECT_EQ(pyramid.pixels(level), (Size{(deeper.columns + 1) / 2, (deeper.rows + 1) / 2}));
    }
  }
}

TEST(Pyramid, ALevelMoreOnlyWhereItIsNeeded) {
  EXPECT_EQ(Pyramid({1, 1}).deepest(), 0u);
  EXPECT_EQ(Pyramid({2, 1}).deepest(), 1u);
  EXPECT_EQ(Pyramid({256, 256}).deepest(), 8u);
  EXPECT_EQ(Pyramid({256, 257}).deepest(), 9u);
}

TEST(Pyramid, TilesOverlapWhereTheyHaveNeighbours) {
  EXPECT_EQ(Pyramid::covered(0, 1000), (Stretch{0, 257}));
  EXPECT_EQ(Pyramid::covered(1, 1000), (Stretch{255, 258}));
  EXPECT_EQ(Pyramid::covered(3, 1000), (Stretch{767, 233}));
  EXPECT_EQ(Pyramid::covered(0, 256), (Stretch{0, 256}));
  EXPECT_EQ(Pyramid::covered(1, 257), (Stretch{255, 2}));
}

// What a poster costs: of 100,000 by 100,000 pixels a third more than its own, and in memory the
// rows of all levels that wait.
TEST(Pyramid, AVeryLargePictureIsWithinBounds) {
  const Pyramid pyramid({100'000, 100'000});
  EXPECT_EQ(pyramid.deepest(), 17u);
  EXPECT_EQ(pyramid.tiles(17), (Size{391, 391}));
  EXPECT_EQ(pyramid.tiles_of_all(), 391u * 391 + 196 * 196 + 98 * 98 + 49 * 49 + 25 * 25 + 13 * 13 +
                                        7 * 7 + 4 * 4 + 2 * 2 + 9);
  EXPECT_LT(pyramid.pixels_of_all(), 13'334'000'000u);
  std::uint64_t waiting = 0;
  for (std::uint32_t level = 0; level <= pyramid.deepest(); ++level)
    waiting += std::uint64_t{pyramid.waiting_max(level)} * pyramid.pixels(level).columns;
  EXPECT_LT(waiting, 2 * 258 * 100'000u);
}

}  // namespace
}  // namespace mandel
