// Complex numbers over any of this folder's numbers. Not std::complex, whose product looks for
// infinities, and which is unspecified for types other than the built-in ones.
#pragma once

#include <algorithm>
#include <cmath>

#include "kernels/deep/wide.h"

namespace mandel {

inline double twice(double a) { return 2 * a; }
inline Pair twice(Pair a) { return scaled(a, 2); }
template <typename Mantissa>
Scaled<Mantissa> twice(Scaled<Mantissa> a) {
  return a + a;
}

template <typename R>
struct Complex {
  R x{}, y{};

  friend Complex operator+(Complex a, Complex b) { return {a.x + b.x, a.y + b.y}; }
  friend Complex operator*(Complex a, Complex b) {
    if constexpr (kIsScaled<R>) {
      const auto p = aligned(a.x, a.y), q = aligned(b.x, b.y);
      const auto product = p.z * q.z;
      return {R(product.x, p.exponent + q.exponent), R(product.y, p.exponent + q.exponent)};
    } else {
      return {a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x};
    }
  }
};

// Both parts with one exponent, where what counts is the error of a number, not of each part: it
// is 2^-1000 of the number at most.
template <typename Mantissa>
struct Aligned {
  Complex<Mantissa> z;
  std::int64_t exponent = 0;
};
template <typename Mantissa>
Aligned<Mantissa> aligned(Scaled<Mantissa> x, Scaled<Mantissa> y) {
  const std::int64_t exponent = std::max(x.exponent(), y.exponent());
  return {{x.over(exponent), y.over(exponent)}, exponent};
}

// What a number is without the digits that a bound does not need: of a pair, its first double.
inline double rough(double a) { return a; }
inline double rough(Pair a) { return a.hi; }
inline Wide rough(Wide a) { return a; }
inline Wide rough(WidePair a) { return {a.mantissa().hi, a.exponent()}; }

// The sum of rough parts. Where |a + b| >= |b|, it is within 1 +- 2^-50 of the sum.
template <typename R>
auto rough_sum(const Complex<R>& a, const Complex<R>& b) {
  using Rough = decltype(rough(a.x));
  return Complex<Rough>{rough(a.x) + rough(b.x), rough(a.y) + rough(b.y)};
}

// |z|^2 of its rough parts: within 1 +- 2^-50 of the true one (a double: short of underflow).
template <typename R>
auto rough_square(Complex<R> z) {
  if constexpr (kIsWide<R>) {
    const auto [plain, exponent] = aligned(rough(z.x), rough(z.y));
    return Wide(rough_square(plain), 2 * exponent);
  } else {
    const auto x = rough(z.x), y = rough(z.y);
    return x * x + y * y;
  }
}

// At least |z|, at most 1.09 times that: the octagon around the circle. Cheaper than a root.
inline double size_up(double x, double y) {
  x = std::abs(x);
  y = std::abs(y);
  constexpr double kDiagonal = 0.41421356237309515;  // above sqrt(2) - 1
  return (std::max(x, y) + kDiagonal * std::min(x, y)) * (1 + 0x1p-50);
}
inline Wide size_up(Wide x, Wide y) {
  const auto [z, exponent] = aligned(x, y);
  return {size_up(z.x, z.y), exponent};
}
template <typename R>
auto size_up(Complex<R> z) {
  return size_up(rough(z.x), rough(z.y));
}

}  // namespace mandel
