// A triple's own rules; what its arithmetic is worth, the moves of a rung show
// (worst_case_test.cpp).
#include "kernels/deep/triple.h"

#include <gtest/gtest.h>

#include "kernels/deep/units.h"

namespace mandel {
namespace {

TEST(Triple, IsRoughlyItsFirstWord) {
  for (const double value : {0.0, -0.0, 1.0, -1.5, 0x1p-1000, -3e300})
    EXPECT_EQ(rough(Triple(value)), Wide(value)) << value;
  const Triple wide(WidePair(Pair(-1.25, 0x1p-60), -5000));
  EXPECT_EQ(rough(wide), Wide(-1.25, -5000));
  EXPECT_EQ(rough(twice(wide)), Wide(-1.25, -4999));
  EXPECT_EQ(rough(twice(Triple())), Wide());
  EXPECT_EQ(rough(wide - wide), Wide());
}

TEST(Triple, HasAllOfItsBits) {
  const Triple small(0x1p-189), sum = Triple(1.0) + small;
  EXPECT_EQ(rough(sum - Triple(1.0)), Wide(0x1p-189));
  EXPECT_EQ(rough(sum * sum - Triple(1.0)), Wide(0x1p-188));
  const Triple lost = Triple(1.0) + Triple(0x1p-191);
  EXPECT_EQ(rough(lost - Triple(1.0)), Wide());
}

// Like a jump's A where a reference comes back to 0 as often as can be.
TEST(Triple, HasExponentsAsFarAsATableNeedsThem) {
  const FarExponents exponents;
  for (const double value : {0x1p-1000, 0x1p1000}) {
    Triple power(value);
    for (int k = 0; k < 40; ++k) power = power * power;
    EXPECT_EQ(rough(power).exponent(), (value < 1 ? -1000 : 1000) * (std::int64_t{1} << 40));
  }
}

}  // namespace
}  // namespace mandel
