// The bound itself: at every point of an orbit, and in every kind of numbers, the true z lies in
// the disc that a rung claims. Counts are a weak test of that: with a bound a thousand times too
// small hardly one becomes wrong. The true z comes from the oracle's numbers, with many bits more.
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <random>

#include "kernels/deep/ball.h"
#include "kernels/deep/decimal.h"
#include "kernels/deep/exact.h"
#include "kernels/deep/real.h"
#include "kernels/deep/rung.h"
#include "tests/unit/kernels/deep/places.h"
#include "tests/unit/kernels/deep/words.h"

namespace mandel {
namespace {

constexpr double kTolerance = 0x1p-40;

void walk(Ball& ball, std::uint32_t steps) {
  for (std::uint32_t n = 0; n < steps; ++n) ball.step();
}

template <typename R>
R rounded_from(const mpq_class& value) {
  if constexpr (std::is_same_v<R, Triple>)
    return to_triple(value);
  else
    return rounded<R>(to_wide_pair(value));
}

void add(mpfr_ptr sum, WidePair term) {
  Real t(300);
  mpfr_set_d(t, term.mantissa().hi, MPFR_RNDN);
  mpfr_add_d(t, t, term.mantissa().lo, MPFR_RNDN);
  if (mpfr_zero_p(static_cast<mpfr_srcptr>(t)) != 0) return;
  mpfr_mul_2si(t, t, term.exponent(), MPFR_RNDN);
  mpfr_add(sum, sum, t, MPFR_RNDN);
}

void add(mpfr_ptr sum, const Triple& term) {
  for (const WidePair& word : words_of(term)) add(sum, word);
}

WidePair widened(double value) { return {Pair(value), 0}; }
WidePair widened(Pair value) { return {value, 0}; }
WidePair widened(Wide value) { return {Pair(value.mantissa()), value.exponent()}; }
WidePair widened(WidePair value) { return value; }
Triple widened(const Triple& value) { return value; }

struct Found {
  std::uint64_t looked = 0;
  std::uint64_t outside = 0;
  double nearest = 1e300;  // of bound / true error
};

// Runs a pixel to random places of its orbit and compares.
template <typename R, typename B>
void look(const DeepCase& place, const Reference& reference, const ExactGrid& grid,
          std::mt19937_64& random, Found& found) {
  const mpq_class x = grid.x(0), y = grid.y(0);
  const Complex<WidePair> d{to_wide_pair(x - grid.centre_x()), to_wide_pair(y - grid.centre_y())};
  const Complex<R> rounded_d{rounded_from<R>(x - grid.centre_x()),
                             rounded_from<R>(y - grid.centre_y())};
  const B d_max = bound_of<B>(size_up(d) * 1.001);
  const Rung<R, B> rung(reference, d_max, kTolerance, true, {});
  for (int look = 0; look < 4; ++look) {
    const auto limit = static_cast<std::uint32_t>(1 + random() % std::max(place.max_iter, 1u));
    Spot<R, B> spot;
    std::uint64_t work = 0;
    const RungEnd end = rung.run(spot, rounded_d, limit, {}, work);
    if (end == RungEnd::kTooSmall || spot.n == 0) continue;
    const long bits = std::max(grid.pixel_bits(), 0L) + 600;
    Ball pixel(x, y, bits), centre(grid.centre_x(), grid.centre_y(), bits);
    walk(pixel, spot.n);
    walk(centre, spot.m);
    // true z - (Z + delta)
    Real dx(bits), dy(bits);
    mpfr_sub(dx, centre.x(), pixel.x(), MPFR_RNDN);
    mpfr_sub(dy, centre.y(), pixel.y(), MPFR_RNDN);
    add(dx, widened(spot.delta.x));
    add(dy, widened(spot.delta.y));
    const Wide ex = to_wide(dx), ey = to_wide(dy);
    const Wide off = sqrt(ex * ex + ey * ey);
    ++found.looked;
    if (off > Wide(spot.error) + pixel.error() + centre.error()) ++found.outside;
    if (!off.is_zero() && off > Wide(1e-300, -2000))
      found.nearest = std::min(found.nearest, (Wide(spot.error) / off).narrow());
  }
}

template <typename R, typename B>
void expect_containment(long depth_max) {
  const std::uint64_t seed = std::random_device()();
  std::mt19937_64 random(seed);
  Found found;
  const char* cases = std::getenv("MANDEL_FUZZ_CASES");
  for (int k = 0; k < (cases == nullptr ? 60 : std::atoi(cases)); ++k) {
    const DeepCase place = random_deep_case(random, depth_max);
    const ExactGrid grid(place.view);
    if (grid.pixel_bits() < 8 || place.view.columns * place.view.rows < 2) continue;
    const Reference reference =
        reference_orbit(grid.centre_x(), grid.centre_y(), place.max_iter, grid.pixel_bits(),
                        std::size_t{1} << 28, {}, std::is_same_v<R, Triple>);
    look<R, B>(place, reference, grid, random, found);
  }
  EXPECT_EQ(found.outside, 0u) << "of " << found.looked << ", seed " << seed;
  EXPECT_GT(found.looked, 20u);
  std::printf("%llu discs, least bound / error %.3g\n",
              static_cast<unsigned long long>(found.looked), found.nearest);
}

TEST(Containment, OfDoubles) { expect_containment<double, double>(60); }
TEST(Containment, OfPairs) { expect_containment<Pair, double>(60); }
TEST(Containment, OfNumbersWithAnExponent) { expect_containment<Wide, Wide>(400); }
TEST(Containment, OfPairsWithAnExponent) { expect_containment<WidePair, Wide>(400); }
TEST(Containment, OfTriples) { expect_containment<Triple, Wide>(400); }

}  // namespace
}  // namespace mandel
