// A double, or a pair of them, with an exponent of its own, for numbers like 1e-1000. Not `long
// double`: its range ends at 1e-4932, and ARM and GPUs have none. Not MPFR with 53 bits: ten times
// slower.
//
// Each operation rounds as that of the mantissa does: its result is the exact one times (1 + t),
// where |t| <= 2^-53 for doubles, 2^-103 for pairs. Nothing over- or underflows: exponents are
// bounded by kDecimalExponentMax and by max_iter.
#pragma once

#include <bit>
#include <cmath>
#include <compare>
#include <cstdint>
#include <mpfr.h>

#include "kernels/deep/pair.h"

namespace mandel {

template <typename Mantissa>
class Scaled {
 public:
  Scaled() = default;
  Scaled(double value) : m_(value), k_(0) { normalize(); }
  Scaled(Mantissa value, std::int64_t exponent) : m_(value), k_(exponent) { normalize(); }

  bool is_zero() const { return leading(m_) == 0; }
  bool is_positive() const { return leading(m_) > 0; }
  // k with 2^k <= |value| < 2^(k+1) (of a pair's hi); very small for 0.
  std::int64_t exponent() const { return k_; }
  Mantissa mantissa() const { return m_; }
  // As a mantissa without exponent: 0 below 2^-1000; not for 2^1000 and above.
  Mantissa narrow() const { return k_ < -1000 ? Mantissa(0.0) : scaled(m_, power_of_two(k_)); }

  // The value without 2^exponent, for any from exponent() up: 0 below 2^-1000.
  Mantissa over(std::int64_t exponent) const {
    const std::int64_t apart = exponent - k_;
    return apart > 1000 ? Mantissa(0.0) : scaled(m_, power_of_two(-apart));
  }

  friend Scaled operator*(Scaled a, Scaled b) {
    Scaled product;
    product.m_ = a.m_ * b.m_;  // 1 to 4, or 0
    if (product.is_zero()) return product;
    product.k_ = a.k_ + b.k_;
    if (std::abs(leading(product.m_)) >= 2) {
      product.m_ = scaled(product.m_, 0.5);
      ++product.k_;
    }
    return product;
  }
  friend Scaled operator+(Scaled a, Scaled b) {
    if (a.k_ < b.k_) return b + a;
    const std::int64_t apart = a.k_ - b.k_;
    // Then b is below 2^-109 of a: leaving it out is less than a rounding.
    if (apart > 110) return a;
    return {a.m_ + scaled(b.m_, power_of_two(-apart)), a.k_};
  }
  friend Scaled operator-(Scaled a) {
    a.m_ = -a.m_;
    return a;
  }
  friend Scaled operator-(Scaled a, Scaled b) { return a + -b; }

 private:
  static constexpr std::int64_t kZeroExponent = INT64_MIN / 4;

  // exponent: -1022 to 1023
  static double power_of_two(std::int64_t exponent) {
    return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
  }
  // Brings 1 <= |m| < 2. (A product of two such, or a sum, is far from being subnormal; a double
  // from outside may be.)
  // (Inline, whatever the compiler counts: a step has a dozen of these.)
  [[gnu::always_inline]] void normalize() {
    if (leading(m_) == 0) {
      k_ = kZeroExponent;
      return;
    }
    if (exponent_bits() == 0) {
      m_ = scaled(m_, 0x1p100);
      k_ -= 100;
    }
    const std::int64_t exponent = exponent_bits() - 1023;
    k_ += exponent;
    m_ = scaled(m_, power_of_two(-exponent));
  }
  std::int64_t exponent_bits() const {
    return static_cast<std::int64_t>(std::bit_cast<std::uint64_t>(leading(m_)) >> 52 & 0x7ff);
  }

  Mantissa m_{};
  std::int64_t k_ = kZeroExponent;
};

using Wide = Scaled<double>;
using WidePair = Scaled<Pair>;

template <typename R>
inline constexpr bool kIsScaled = false;
template <typename Mantissa>
inline constexpr bool kIsScaled<Scaled<Mantissa>> = true;
// Has it an exponent of its own, so that nothing underflows?
template <typename R>
inline constexpr bool kIsWide = kIsScaled<R>;

inline Wide operator/(Wide a, Wide b) {
  return {a.mantissa() / b.mantissa(), a.exponent() - b.exponent()};
}

inline bool operator==(Wide a, Wide b) {
  return a.mantissa() == b.mantissa() && a.exponent() == b.exponent();
}

inline std::partial_ordering operator<=>(Wide a, Wide b) {
  const bool same_sign = a.is_positive() == b.is_positive() && !a.is_zero() && !b.is_zero();
  if (!same_sign || a.exponent() == b.exponent()) return a.mantissa() <=> b.mantissa();
  return (a.exponent() < b.exponent()) == a.is_positive() ? std::partial_ordering::less
                                                          : std::partial_ordering::greater;
}

inline Wide sqrt(Wide a) {
  if (a.is_zero()) return a;
  const std::int64_t odd = a.exponent() & 1;
  return {std::sqrt(odd != 0 ? 2 * a.mantissa() : a.mantissa()), (a.exponent() - odd) / 2};
}

inline Wide abs(Wide a) { return a.is_positive() ? a : -a; }

// Rounded to nearest.
inline Wide to_wide(mpfr_srcptr value) {
  long exponent = 0;
  const double mantissa = mpfr_get_d_2exp(&exponent, value, MPFR_RNDN);
  return {mantissa, exponent};
}

}  // namespace mandel
