// Two doubles as one number: hi + lo, |lo| <= 2^-53 |hi|, so 106 bits. Not MPFR, which takes ten
// times as long for so few bits; nor `long double` or __float128, which ARM and GPUs lack or
// emulate.
//
// Each operation's result is the exact one times (1 + t), |t| <= kUnit = 2^-103. The sum is
// algorithm 6, the product algorithm 10 of M. Joldes, J.-M. Muller, V. Popescu, "Tight and rigorous
// error bounds for basic building blocks of double-word arithmetic", ACM TOMS 44 (2017). That they
// err by at most 3.1 and 5 times 2^-106 (there: 7), a machine has checked: J.-M. Muller, L. Rideau,
// "Formalization of double-word arithmetic", ACM TOMS 48 (2022). Where a product falls below
// 2^-960, up to 2^-1070 comes on top. None of this may be contracted, but for the fma that is
// written out.
#pragma once

#include <cfloat>
#include <cmath>

namespace mandel {

static_assert(FLT_EVAL_METHOD == 0, "operations have to round to a double: no x87");

struct Pair {
  double hi = 0, lo = 0;

  Pair() = default;
  Pair(double value) : hi(value) {}
  Pair(double high, double low) : hi(high), lo(low) {}
};

// a + b and a * b exactly, as a sum of two doubles.
inline Pair exact_sum(double a, double b) {
  const double sum = a + b;
  const double of_b = sum - a;
  return {sum, (a - (sum - of_b)) + (b - of_b)};
}

// The same where |a| >= |b|.
inline Pair exact_sum_of_ordered(double a, double b) {
  const double sum = a + b;
  return {sum, b - (sum - a)};
}

inline Pair exact_product(double a, double b) {
  const double product = a * b;
  return {product, __builtin_fma(a, b, -product)};
}

inline Pair operator+(Pair a, Pair b) {
  const Pair high = exact_sum(a.hi, b.hi);
  const Pair low = exact_sum(a.lo, b.lo);
  const Pair sum = exact_sum_of_ordered(high.hi, high.lo + low.hi);
  return exact_sum_of_ordered(sum.hi, low.lo + sum.lo);
}

inline Pair operator-(Pair a) { return {-a.hi, -a.lo}; }
inline Pair operator-(Pair a, Pair b) { return a + -b; }

inline Pair operator*(Pair a, Pair b) {
  const Pair product = exact_product(a.hi, b.hi);
  return exact_sum_of_ordered(product.hi, product.lo + (a.hi * b.lo + a.lo * b.hi));
}

// By a power of two: exact.
inline Pair scaled(Pair a, double power) { return {a.hi * power, a.lo * power}; }
inline double scaled(double a, double power) { return a * power; }

inline double leading(double a) { return a; }
inline double leading(Pair a) { return a.hi; }

}  // namespace mandel
