// A double with an exponent of its own, for numbers like 1e-1000. Not `long double`: its range ends
// at 1e-4932, and ARM and GPUs have none. Not MPFR with 53 bits: ten times slower.
//
// Each operation rounds once: its result is the exact one times (1 + t), |t| <= 2^-53, and no
// operation over- or underflows (exponents are bounded by kDecimalExponentMax and by max_iter).
#pragma once

#include <bit>
#include <cmath>
#include <compare>
#include <cstdint>
#include <mpfr.h>

namespace mandel {

class Wide {
 public:
  constexpr Wide() = default;
  Wide(double value) : m_(value), k_(0) { normalize(); }
  Wide(double value, std::int64_t exponent) : m_(value), k_(exponent) { normalize(); }
  explicit Wide(mpfr_srcptr value) {
    long exponent = 0;
    m_ = mpfr_get_d_2exp(&exponent, value, MPFR_RNDN);
    k_ = exponent;
    normalize();
  }

  bool is_zero() const { return m_ == 0; }
  // Rounded; 0 or infinite where a double can't hold it.
  double to_double() const {
    if (k_ < -1100) return 0.0;
    return std::ldexp(m_, k_ > 1100 ? 1100 : static_cast<int>(k_));
  }
  // k with 2^k <= |value| < 2^(k+1); very small for 0.
  std::int64_t exponent() const { return k_; }
  double mantissa() const { return m_; }

  friend Wide operator*(Wide a, Wide b) { return {a.m_ * b.m_, a.k_ + b.k_}; }
  friend Wide operator/(Wide a, Wide b) { return {a.m_ / b.m_, a.k_ - b.k_}; }
  friend Wide operator+(Wide a, Wide b) {
    if (a.k_ < b.k_) return b + a;
    const std::int64_t apart = a.k_ - b.k_;
    // Then b is below 2^-54 of a: leaving it out is no more than a rounding.
    if (apart > 55) return a;
    return {a.m_ + b.m_ * power_of_two(-apart), a.k_};
  }
  friend Wide operator-(Wide a) {
    a.m_ = -a.m_;
    return a;
  }
  friend Wide operator-(Wide a, Wide b) { return a + -b; }
  Wide& operator+=(Wide b) { return *this = *this + b; }

  friend bool operator==(Wide a, Wide b) { return a.m_ == b.m_ && a.k_ == b.k_; }
  friend std::partial_ordering operator<=>(Wide a, Wide b) {
    const bool same_sign = (a.m_ > 0) == (b.m_ > 0) && !a.is_zero() && !b.is_zero();
    if (!same_sign || a.k_ == b.k_) return a.m_ <=> b.m_;
    return (a.k_ < b.k_) == (a.m_ > 0) ? std::partial_ordering::less
                                       : std::partial_ordering::greater;
  }
  friend Wide sqrt(Wide a) {
    if (a.is_zero()) return a;
    const std::int64_t odd = a.k_ & 1;
    return {std::sqrt(odd != 0 ? 2 * a.m_ : a.m_), (a.k_ - odd) / 2};
  }
  friend Wide abs(Wide a) {
    a.m_ = std::abs(a.m_);
    return a;
  }

 private:
  static constexpr std::int64_t kZeroExponent = INT64_MIN / 4;

  // exponent: -1022 to 1023
  static double power_of_two(std::int64_t exponent) {
    return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
  }
  // Brings 1 <= |m| < 2. (A product of two such, or a sum, is far from being subnormal; a double
  // from outside may be.)
  void normalize() {
    if (m_ == 0) {
      k_ = kZeroExponent;
      return;
    }
    std::uint64_t bits = std::bit_cast<std::uint64_t>(m_);
    if ((bits >> 52 & 0x7ff) == 0) {
      m_ *= 0x1p100;
      k_ -= 100;
      bits = std::bit_cast<std::uint64_t>(m_);
    }
    const auto exponent = static_cast<std::int64_t>(bits >> 52 & 0x7ff) - 1023;
    k_ += exponent;
    m_ =
        std::bit_cast<double>((bits & ~(std::uint64_t{0x7ff} << 52)) | (std::uint64_t{1023} << 52));
  }

  double m_ = 0;
  std::int64_t k_ = kZeroExponent;
};

}  // namespace mandel
