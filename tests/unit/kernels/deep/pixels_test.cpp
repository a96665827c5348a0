// A vector's step against the rung's own, whose bound worst_case_test.cpp tries: it may be larger,
// and never smaller.
#include "kernels/deep/pixels.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>

namespace mandel {
namespace {

class Dice {
 public:
  double size(int low, int high) {
    return std::ldexp(1 + part(), std::uniform_int_distribution<int>(low, high)(random_));
  }
  template <typename R>
  Complex<R> on_circle(double size) {
    const double angle = 6.283185307179586 * part();
    return {R(size * std::cos(angle)), R(size * std::sin(angle))};
  }
  double part() { return std::uniform_real_distribution<double>(0, 1)(random_); }

 private:
  std::mt19937_64 random_{std::random_device()()};
};

template <typename R>
void expect_no_smaller_bound() {
  Dice dice;
  std::uint32_t compared = 0;
  for (int k = 0; k < 200; ++k) {
    Reference reference;  // too short for jumps
    reference.x.emplace_back();
    reference.y.emplace_back();
    for (int m = 1; m <= 4; ++m) {
      const Complex<Pair> z = dice.on_circle<Pair>(dice.size(-20, 0));
      reference.x.push_back(z.x);
      reference.y.push_back(z.y);
    }
    const Rung<R, double> rung(reference, 4.0, 0x1p-30, true, {});
    std::vector<Pixel<R>> pixels(32);
    for (Pixel<R>& pixel : pixels) {
      const double size = dice.size(-60, -1);
      pixel.spot.n = 5;
      pixel.spot.m = 1;
      pixel.spot.delta = dice.on_circle<R>(size);
      if (dice.part() < 0.8) pixel.spot.error = size * dice.size(-60, -2);
      if (dice.part() < 0.7) pixel.d = dice.on_circle<R>(size * dice.size(-60, 1));
    }
    const std::uint32_t steps = 1 + k % 2;
    std::vector<Pixel<R>> expected(pixels);
    ASSERT_TRUE(run_pixels(rung, pixels, 5 + steps, {}));
    ASSERT_TRUE(run_one_by_one(rung, std::span(expected), 5 + steps, {}));
    for (std::size_t p = 0; p < pixels.size(); ++p) {
      const Spot<R, double>&one = expected[p].spot, &vector = pixels[p].spot;
      ASSERT_EQ(pixels[p].end, expected[p].end);
      ASSERT_EQ(vector.n, one.n);
      ASSERT_EQ(vector.m, one.m);
      const Complex<R> delta = one.delta + Complex<R>{-vector.delta.x, -vector.delta.y};
      EXPECT_LE(size_up(delta), one.error);
      // (Fused, its delta differs by a rounding.)
      EXPECT_GE(vector.error, one.error * (1 - 0x1p-44));
      EXPECT_LE(vector.error, one.error * 1.1);
      ++compared;
    }
  }
  EXPECT_GT(compared, 5000u);
}

TEST(Pixels, VectorsOfDoublesClaimNoSmallerDisc) { expect_no_smaller_bound<double>(); }
TEST(Pixels, VectorsOfPairsClaimNoSmallerDisc) { expect_no_smaller_bound<Pair>(); }

}  // namespace
}  // namespace mandel
