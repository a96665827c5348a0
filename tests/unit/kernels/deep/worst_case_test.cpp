// Each move of a rung by itself, in the worst case: wherever in its disc the true delta is before,
// it is in the disc after. Along whole orbits roundings cancel, and a bound could lack a term for
// long (containment_test.cpp); here the true delta lies on the disc's edge, the true reference as
// far from the stored one as it may, and all of it in the direction in which an error grows most.
#include <cmath>
#include <gmpxx.h>
#include <gtest/gtest.h>
#include <random>
#include <vector>

#include "kernels/deep/ball.h"
#include "kernels/deep/pixels.h"
#include "kernels/deep/real.h"
#include "kernels/deep/rung.h"
#include "tests/unit/kernels/deep/words.h"

namespace mandel {
namespace {

// The truth, with so many bits that its own rounding is nothing.
constexpr mp_bitcnt_t kBits = 640;
using Number = mpf_class;

Number number(double value, std::int64_t exponent = 0) {
  Number result(value, kBits);
  if (exponent >= 0)
    mpf_mul_2exp(result.get_mpf_t(), result.get_mpf_t(), static_cast<mp_bitcnt_t>(exponent));
  else
    mpf_div_2exp(result.get_mpf_t(), result.get_mpf_t(), static_cast<mp_bitcnt_t>(-exponent));
  return result;
}
Number number(Pair value) { return number(value.hi) + number(value.lo); }
Number number(Wide value) {
  return value.is_zero() ? number(0.0) : number(value.mantissa(), value.exponent());
}
Number number(WidePair value) {
  if (value.is_zero()) return number(0.0);
  return number(value.mantissa().hi, value.exponent()) +
         number(value.mantissa().lo, value.exponent());
}

Number number(const Triple& value) {
  Number sum(0, kBits);
  for (const WidePair& word : words_of(value)) sum += number(word);
  return sum;
}

struct Point {
  Number x{0, kBits}, y{0, kBits};
};
Point operator+(const Point& a, const Point& b) { return {a.x + b.x, a.y + b.y}; }
Point operator-(const Point& a, const Point& b) { return {a.x - b.x, a.y - b.y}; }
Point operator*(const Point& a, const Point& b) {
  return {a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x};
}
Point operator*(const Point& a, const Number& factor) { return {a.x * factor, a.y * factor}; }
Number square(const Point& a) { return a.x * a.x + a.y * a.y; }
Number size(const Point& a) { return sqrt(square(a)); }
// Of length 1, or a little less.
Point direction(const Point& a) {
  if (square(a) == 0) return {number(1), number(0)};
  return a * Number((1 - number(1, -600)) / size(a));
}
template <typename R>
Point point(const Complex<R>& z) {
  return {number(z.x), number(z.y)};
}

template <typename R>
R rounded_to(const Number& value) {
  Real exact(kBits), t(kBits);
  mpfr_set_f(exact, value.get_mpf_t(), MPFR_RNDN);
  if constexpr (std::is_same_v<R, Triple>)
    return Triple(exact);
  else
    return rounded<R>(to_wide_pair(exact, t));
}
template <typename R>
Complex<R> rounded_to(const Point& z) {
  return {rounded_to<R>(z.x), rounded_to<R>(z.y)};
}
template <typename B>
B bound(double value, std::int64_t exponent = 0) {
  if constexpr (std::is_same_v<B, Wide>)
    return Wide(value, exponent);
  else
    return std::ldexp(value, static_cast<int>(exponent));
}

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  long between(long low, long high) {
    return std::uniform_int_distribution<long>(low, high)(random_);
  }
  double part() { return std::uniform_real_distribution<double>(0, 1)(random_); }
  bool once_in(long times) { return between(1, times) == 1; }
  // Somewhere on the circle of radius 2^exponent to 2^(exponent+1); on the positive axis where all
  // errors are to add up.
  Point on_circle(std::int64_t exponent, bool is_aligned) {
    const double angle = is_aligned ? 0 : 6.283185307179586 * part();
    const Number length = number(1 + part(), exponent);
    return Point{number(std::cos(angle)), number(std::sin(angle))} * length;
  }

 private:
  std::mt19937_64 random_;
};

// A reference made by hand: its entries need not be an orbit for what a move promises.
void put(Reference& reference, const Point& z) {
  reference.x.push_back(rounded_to<Pair>(z.x));
  reference.y.push_back(rounded_to<Pair>(z.y));
  reference.triples.push_back(rounded_to<Triple>(z));
}

// As far from what a rung knows as it may be, in the direction of `toward`.
template <typename R>
Point truth_of(const Complex<R>& stored, double units, const Point& toward) {
  const Point z = point(stored);
  return z + direction(toward) * Number(size(z) * units * kUnit<R>);
}

template <typename R, typename B>
void expect_in_disc(const Point& truth, const Spot<R, B>& spot, const char* what) {
  const Number error = number(spot.error) * (1 + number(1, -500));
  EXPECT_LE(square(truth - point(spot.delta)), error * error)
      << what << ": the error is " << Number(size(truth - point(spot.delta)) / number(spot.error))
      << " times its bound";
}

template <typename R, typename B>
class WorstCase {
 public:
  explicit WorstCase(std::uint64_t seed) : dice_(seed) {}

  // Entries of the reference from 2^-shallow down, deltas so much further.
  void steps(long shallow, long deepest);
  void rebases();
  void tests();
  void large_errors();
  void jumps(double tolerance);

 private:
  using Place = Spot<R, B>;

  static Place at(std::uint32_t m) {
    Place spot;
    spot.n = 5;
    spot.m = m;
    return spot;
  }
  // Some error of a delta: none, or from far below a rounding to as large as it is.
  B some_error(std::int64_t exponent) {
    if (dice_.once_in(4)) return B(0.0);
    const long below = dice_.once_in(2) ? 2 : 120;
    return bound<B>(1 + dice_.part(), exponent - dice_.between(0, below));
  }
  // What jumps are made of: anything; entries just within |z| = 2, where no jump may hide an
  // escape; or such that what d did in the first step is gone after the second.
  enum class Shape { kAny, kHugsTheCircle, kLosesD };
  Reference reference_of(Shape shape, std::uint32_t steps, bool is_aligned);
  void jump(const Reference& reference, const Rung<R, B>& rung, std::int64_t scale,
            std::int64_t d_exponent, bool has_d, bool is_aligned);

  Dice dice_;
  std::uint64_t jumped_ = 0;
};

template <typename R, typename B>
void WorstCase<R, B>::steps(long shallow, long deepest) {
  for (int k = 0; k < 60; ++k) {
    Reference reference;  // too short for jumps
    put(reference, {});
    for (int m = 1; m <= 3; ++m)
      put(reference, dice_.on_circle(-shallow - dice_.between(0, 40), false));
    put(reference, {number(0.5), number(0)});
    const bool has_d = !dice_.once_in(4);
    const std::int64_t d_exponent = has_d ? 4 : -dice_.between(5, 60);
    const Rung<R, B> rung(reference, bound<B>(1, d_exponent), 0x1p-30, has_d, {});
    for (int t = 0; t < 40; ++t) {
      Place spot = at(static_cast<std::uint32_t>(dice_.between(1, 3)));
      const Complex<R> y = rung.orbit()[spot.m];
      const std::int64_t below = dice_.once_in(2) ? dice_.between(0, 2) : dice_.between(2, deepest);
      const std::int64_t exponent = rounded_to<Wide>(size(point(y))).exponent() - below;
      spot.delta = rounded_to<R>(dice_.on_circle(exponent, false));
      spot.error = some_error(exponent);
      const Point delta = point(spot.delta), z = point(y) + delta;
      if (square(z) < square(delta)) continue;  // would have been rebased
      // Of any size, or so that nearly nothing is left of the step.
      const Point plain = (point(y) * 2 + delta) * delta;
      const Point any = dice_.on_circle(exponent - dice_.between(0, 60), false);
      const Point wanted = dice_.once_in(3) ? Point{} : dice_.once_in(2) ? Point{} - plain : any;
      const Complex<R> d = has_d ? rounded_to<R>(wanted) : Complex<R>();
      const Point worst = direction(z) * number(spot.error);
      const Point true_delta = delta + worst;
      const Point true_z = truth_of(y, 1.02, z);
      const Point true_d =
          has_d ? truth_of(d, 1, z * worst) : direction(z * worst) * number(1, d_exponent);
      const Point after = (true_z * 2 + true_delta) * true_delta + true_d;
      std::uint64_t work = 0;
      const std::uint32_t m = spot.m;
      rung.run(spot, d, spot.n + 1, {}, work);
      if (spot.m == m + 1) expect_in_disc(after, spot, "step");
    }
  }
}

template <typename R, typename B>
void WorstCase<R, B>::rebases() {
  for (int k = 0; k < 2000; ++k) {
    Reference reference;
    put(reference, {});
    const std::int64_t exponent = -dice_.between(1, 40);
    const bool is_last = dice_.once_in(2);
    if (is_last && dice_.once_in(2)) {  // as good as back at 0
      put(reference, {});
      reference.last_error = Wide(1, exponent - dice_.between(1, 100));
    } else {
      put(reference, dice_.on_circle(exponent, false));
    }
    if (!is_last) put(reference, {number(0.5), number(0)});
    const Rung<R, B> rung(reference, bound<B>(1), 0x1p-30, true, {});
    Place spot = at(1);
    const Complex<R> y = rung.orbit()[1];
    // Of any size, or near -Y.
    const Point offset = dice_.on_circle(exponent - dice_.between(0, 60), false);
    spot.delta = rounded_to<R>(dice_.once_in(2) ? offset : offset - point(y));
    spot.error = some_error(exponent - 50);
    const Point delta = point(spot.delta), z = point(y) + delta;
    // (The sum's rounding has its own direction.)
    const Point toward = dice_.once_in(2) ? z : delta;
    Point truth = truth_of(y, 1.02, toward) + delta + direction(toward) * number(spot.error);
    if (is_last) truth = truth + direction(toward) * number(reference.last_error);
    rung.settle(spot, spot);
    if (spot.m == 0) expect_in_disc(truth, spot, "rebase");
  }
}

template <typename R, typename B>
void WorstCase<R, B>::tests() {
  std::uint64_t decided = 0, tried = 0;
  for (int k = 0; k < 4000; ++k) {
    // |Z + delta| = 2 but for what the error and roundings make of it.
    const bool is_near = dice_.once_in(2);
    const std::int64_t exponent = is_near ? -dice_.between(5, 150) : -2;
    const Point delta = point(rounded_to<R>(dice_.on_circle(exponent, false)));
    const B error = some_error(exponent - 14);
    // Nearly at right angles to Z the product is small, and its rounding is not.
    const Point across{-delta.y, delta.x};
    const Point rough = is_near ? (dice_.once_in(2) ? across : dice_.on_circle(0, false))
                                : direction(delta) * number(1.7);
    const Number off_rounding =
        number(dice_.part(), (is_near ? exponent : 0) + dice_.between(-2, 7)) * kUnit<R>;
    const Number off = (number(error) * (0.8 + 0.4 * dice_.part()) + off_rounding) *
                       number(dice_.once_in(2) ? 1 : -1);
    // `rough` at the length that brings the sum there: |rough t + delta| = 2 + off.
    const Number a = square(rough), b = rough.x * delta.x + rough.y * delta.y;
    const Number c = square(delta) - (2 + off) * (2 + off);
    const Point z = rough * Number((sqrt(b * b - a * c) - b) / a);
    Reference reference;
    put(reference, {});
    put(reference, z);
    put(reference, {number(0.5), number(0)});
    Wide above_error;
    if (is_near) {
      above_error = dice_.once_in(2) ? Wide() : rounded_to<Wide>(abs(off)) * Wide(dice_.part());
      const Number above = square(z) - 4 + number(above_error) * (dice_.once_in(2) ? 1 : -1);
      const WidePair kept = rounded_to<WidePair>(above);
      reference.near_two.push_back(
          {1, kept, above_error + rounded_to<Wide>(abs(above)) * 0x1p-105});
    }
    const Rung<R, B> rung(reference, bound<B>(1), 0x1p-30, true, {});
    Place spot = at(1);
    spot.delta = rounded_to<R>(delta);
    spot.error = error;
    const std::optional<RungEnd> end = rung.settle(spot, spot);
    ++tried;
    if (end == RungEnd::kUndecided) continue;
    ++decided;
    const Number length = size(z + delta);
    if (end == RungEnd::kEscaped)
      EXPECT_GT(length - number(error), 2) << "not surely outside, " << Number(length - 2);
    else
      EXPECT_LE(length + number(error), 2) << "not surely inside, " << Number(length - 2);
  }
  EXPECT_GT(decided, tried / 20);
}

template <typename R, typename B>
void WorstCase<R, B>::large_errors() {
  Reference reference;
  for (const double x : {0.0, 1.0, 0.5}) put(reference, {number(x), number(0)});
  const Rung<R, B> rung(reference, bound<B>(1), 0x1p-30, true, {});
  for (const double x : {0.5, 1.5}) {
    Place spot = at(1);
    spot.delta = rounded_to<R>(Point{number(x), number(0)});
    spot.error = B(0x1p-9);
    EXPECT_EQ(rung.settle(spot, spot), RungEnd::kUndecided);
  }
}

template <typename R, typename B>
Reference WorstCase<R, B>::reference_of(Shape shape, std::uint32_t steps, bool is_aligned) {
  Reference reference;
  put(reference, {});
  for (std::uint32_t m = 1; m <= steps; ++m) {
    Point z = dice_.on_circle(-dice_.between(1, dice_.once_in(8) ? 12 : 2), is_aligned);
    if (shape == Shape::kHugsTheCircle && dice_.once_in(4))
      z = direction(z) * number(2 - std::ldexp(1, -static_cast<int>(dice_.between(12, 19))));
    if (shape == Shape::kLosesD && m <= 2) z = {number(m == 1 ? 1.0 : -0.5), number(0)};
    if (shape == Shape::kLosesD && m > 2) z = {number(1.9), number(0)};
    put(reference, z);
  }
  return reference;
}

template <typename R, typename B>
void WorstCase<R, B>::jump(const Reference& reference, const Rung<R, B>& rung, std::int64_t scale,
                           std::int64_t d_exponent, bool has_d, bool is_aligned) {
  using P = Precise<R>;
  const std::uint32_t block = 1 << Jumps<R, B>::kFirstLevel;
  const long blocks = dice_.between(1, dice_.once_in(2) ? 1 : 64 / block);
  const std::uint32_t steps = block * static_cast<std::uint32_t>(blocks);
  Place spot = at(1);
  const std::int64_t exponent = scale - dice_.between(-2, dice_.once_in(2) ? 10 : 200);
  spot.delta = rounded_to<R>(dice_.on_circle(exponent, is_aligned));
  spot.error = some_error(exponent);
  const Complex<R> d = rounded_to<R>(dice_.on_circle(d_exponent, is_aligned) * number(0.5));
  const Point toward = is_aligned ? Point{number(1), number(0)} : dice_.on_circle(0, false);
  const Point true_d = truth_of(d, 1, toward);
  Point delta = point(spot.delta) + direction(toward) * number(spot.error);
  bool is_outside = false;
  for (std::uint32_t m = 1; m <= steps; ++m) {
    const Complex<P> y = reference.at<P>(m);
    const Point z = truth_of(y, 1.02, point(y));
    is_outside |= m > 1 && square(z + delta) > 4;
    delta = (z * 2 + delta) * delta + true_d;
  }
  std::uint64_t work = 0;
  const RungEnd end = rung.run(spot, has_d ? d : Complex<R>(), spot.n + steps, {}, work);
  if (spot.m != 1 + steps || work != 1) return;  // no single jump
  ++jumped_;
  expect_in_disc(delta, spot, "jump");
  EXPECT_FALSE(is_outside && end != RungEnd::kUndecided) << "escaped within a jump";
}

template <typename R, typename B>
void WorstCase<R, B>::jumps(double tolerance) {
  const auto scale = static_cast<std::int64_t>(std::log2(tolerance));
  jumped_ = 0;
  for (int k = 0; k < 180; ++k) {
    const auto shape = static_cast<Shape>(k % 3);
    const bool is_aligned = shape != Shape::kAny || dice_.once_in(2);
    const Reference reference = reference_of(shape, 65, is_aligned);
    const std::int64_t d_exponent = scale - dice_.between(0, dice_.once_in(2) ? 20 : 200);
    const bool has_d = !dice_.once_in(4);
    const Rung<R, B> rung(reference, bound<B>(1, d_exponent), tolerance, has_d, {});
    for (int t = 0; t < 24; ++t) jump(reference, rung, scale, d_exponent, has_d, is_aligned);
  }
  EXPECT_GT(jumped_, 100u);
}

template <typename Kind>
class OfAMove : public testing::Test {
 protected:
  const std::uint64_t seed_ = std::random_device()();
  WorstCase<typename Kind::Numbers, typename Kind::Bounds> cases_{seed_};
  const testing::ScopedTrace trace_{__FILE__, __LINE__, "seed " + std::to_string(seed_)};
};

template <typename R, typename B>
struct Kind {
  using Numbers = R;
  using Bounds = B;
};
using Kinds = testing::Types<Kind<double, double>, Kind<Pair, double>, Kind<Wide, Wide>,
                             Kind<WidePair, Wide>, Kind<Triple, Wide>>;
TYPED_TEST_SUITE(OfAMove, Kinds);

TYPED_TEST(OfAMove, AStepKeepsTheDisc) {
  this->cases_.steps(1, kIsWide<typename TypeParam::Numbers> ? 3000 : 150);
}
// Down to where numbers without an exponent have 0 for a product.
TYPED_TEST(OfAMove, ATinyStepKeepsTheDisc) { this->cases_.steps(480, 60); }
TYPED_TEST(OfAMove, ARebaseKeepsTheDisc) { this->cases_.rebases(); }
TYPED_TEST(OfAMove, ATestIsRightForAllOfTheDisc) { this->cases_.tests(); }
TYPED_TEST(OfAMove, ALargeErrorDecidesNothing) { this->cases_.large_errors(); }
TYPED_TEST(OfAMove, AJumpKeepsTheDisc) {
  for (const double tolerance : {0x1p-11, 0x1p-24, 0x1p-44}) this->cases_.jumps(tolerance);
}

}  // namespace
}  // namespace mandel
