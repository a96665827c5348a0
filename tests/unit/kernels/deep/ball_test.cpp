// The oracle's disc, and what the reference says of its own errors, against the same orbit with
// many bits more.
#include "kernels/deep/ball.h"

#include <gtest/gtest.h>
#include <random>

#include "kernels/deep/real.h"
#include "kernels/deep/reference.h"
#include "tests/unit/kernels/deep/words.h"

namespace mandel {
namespace {

constexpr mpfr_prec_t kTruthBits = 3000;

// |a - b|
Wide distance(mpfr_srcptr a, mpfr_srcptr b) {
  Real difference(kTruthBits);
  mpfr_sub(difference, a, b, MPFR_RNDN);
  return abs(to_wide(difference));
}
Wide distance(const Ball& a, const Ball& b) {
  const Wide x = distance(a.x(), b.x()), y = distance(a.y(), b.y());
  return sqrt(x * x + y * y);
}

Real& set(Real& number, WidePair value) {
  Real low(kTruthBits);
  mpfr_set_d(number, value.mantissa().hi, MPFR_RNDN);
  mpfr_set_d(low, value.mantissa().lo, MPFR_RNDN);
  mpfr_add(number, number, low, MPFR_RNDN);
  if (!value.is_zero()) mpfr_mul_2si(number, number, value.exponent(), MPFR_RNDN);
  return number;
}

mpq_class power_of_two(long exponent) {
  mpq_class power(1);
  if (exponent >= 0)
    mpq_mul_2exp(power.get_mpq_t(), power.get_mpq_t(), static_cast<mp_bitcnt_t>(exponent));
  else
    mpq_div_2exp(power.get_mpq_t(), power.get_mpq_t(), static_cast<mp_bitcnt_t>(-exponent));
  return power;
}

// Points whose decimals no number of bits holds, near the needle, where errors grow fastest, and
// anywhere.
mpq_class third(std::mt19937_64& random, double low, double high) {
  return mpq_class(std::uniform_real_distribution<double>(low, high)(random)) / 3;
}

TEST(Ball, HoldsTheTruePoint) {
  std::mt19937_64 random(std::random_device{}());
  std::uint32_t looked = 0;
  for (int k = 0; k < 200; ++k) {
    const bool is_needle = k % 2 == 0;
    const mpq_class x = third(random, -5.9, is_needle ? -5.0 : 0.9);
    const mpq_class y = is_needle ? mpq_class(0) : third(random, -2.5, 2.5);
    const mpfr_prec_t bits = 40 + 50 * (k % 3);
    Ball ball(x, y, bits), truth(x, y, kTruthBits);
    Real square(bits), true_square(kTruthBits);
    for (int n = 0; n < 300; ++n) {
      ball.step();
      truth.step();
      ASSERT_LE(distance(ball, truth), ball.error()) << "after " << n;
      ball.square_minus_4(square);
      truth.square_minus_4(true_square);
      ASSERT_LE(distance(square, true_square), ball.square_minus_4_error()) << "after " << n;
      ++looked;
      if (ball.where() == Ball::Where::kUndecided || truth.where() != Ball::Where::kInside) break;
    }
  }
  EXPECT_GT(looked, 5000u);
}

TEST(Ball, SaysNothingOnceItsErrorIsLarge) {
  Ball ball(mpq_class(-19, 10), 0, 60);
  int n = 0;
  for (; ball.where() == Ball::Where::kInside && n < 1000; ++n) ball.step();
  EXPECT_EQ(ball.where(), Ball::Where::kUndecided);
  EXPECT_LT(ball.error(), Wide(0x1p-18));
  EXPECT_GT(n, 20);
}

Reference orbit_of(const mpq_class& x, std::uint32_t max_iter, long pixel_bits,
                   bool has_triples = false) {
  return reference_orbit(x, 0, max_iter, pixel_bits, std::size_t{1} << 28, {}, has_triples);
}

// All of its entries, though errors grow by a bit with nearly every step.
TEST(Reference, TakesAsManyBitsAsItsEntriesNeed) {
  const mpq_class x(-19, 10);
  const Reference reference = orbit_of(x, 1000, 20);
  ASSERT_EQ(reference.steps(), 1000u);
  Ball truth(x, 0, kTruthBits);
  Real stored(kTruthBits);
  for (std::uint32_t m = 1; m <= reference.steps(); ++m) {
    truth.step();
    set(stored, WidePair(reference.x[m], 0));
    ASSERT_LE(distance(stored, truth.x()), truth.size() * Wide(1.02, -103)) << m;
  }
}

TEST(Reference, OfTriplesHasTheirDigits) {
  const mpq_class x(-19, 10);
  const Reference reference = orbit_of(x, 200, 20, true);
  ASSERT_EQ(reference.triples.size(), 201u);
  Ball truth(x, 0, kTruthBits);
  Real stored(kTruthBits), of_word(kTruthBits);
  for (std::uint32_t m = 1; m <= reference.steps(); ++m) {
    truth.step();
    mpfr_set_zero(stored, 1);
    for (const WidePair& word : words_of(reference.triples[m].x))
      mpfr_add(stored, stored, set(of_word, word), MPFR_RNDN);
    ASSERT_LE(distance(stored, truth.x()), truth.size() * Wide(1.02, -190)) << m;
  }
}

// c = -1 returns to 0 after two steps. What the last entry leaves out is the true Z there: either
// the distance that was computed or what is below all of its bits.
TEST(Reference, EndsAtZeroWithWhatThatLeavesOut) {
  for (const long below : {-170L, -300L}) {
    const mpq_class x = mpq_class(-1) + power_of_two(below) / 3;
    const Reference reference = orbit_of(x, 100, 50);
    ASSERT_EQ(reference.steps(), 2u);
    EXPECT_EQ(reference.x[2].hi, 0);
    Ball truth(x, 0, kTruthBits);
    truth.step();
    truth.step();
    EXPECT_LE(abs(to_wide(truth.x())), reference.last_error);
    EXPECT_LE(reference.last_error, Wide(1.0, -160));
  }
}

// c = 1 is at 2 after two steps.
TEST(Reference, KnowsHowFarItsEntryIsFromTheCircle) {
  for (const long below : {-60L, -240L}) {
    const mpq_class x = mpq_class(1) - power_of_two(below) / 7;
    const Reference reference = orbit_of(x, 100, 50);
    const NearTwo* near = reference.find_near_two(2);
    ASSERT_NE(near, nullptr);
    Ball truth(x, 0, kTruthBits);
    truth.step();
    truth.step();
    Real stored(kTruthBits), above(kTruthBits);
    truth.square_minus_4(above);
    EXPECT_LE(distance(set(stored, near->square_minus_4), above), near->error);
    EXPECT_LE(near->error, Wide(1.0, -235) + abs(to_wide(above)) * Wide(1.0, -104));
  }
}

}  // namespace
}  // namespace mandel
