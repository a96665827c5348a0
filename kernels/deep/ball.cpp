// See ball.h; the constants' derivation is in docs/deep.md, "The ball".
#include "kernels/deep/ball.h"

namespace mandel {
namespace {

// Of one step while |z| <= 2 + 2^-20, in units of 2^-bits: 26 is proved.
constexpr double kStepRounding = 40;
// More than what rounds when the error itself is computed.
constexpr double kUp = 1 + 0x1p-48;
// A disc so large decides nothing any more.
constexpr double kErrorMax = 0x1p-20;

}  // namespace

Ball::Ball(const mpq_class& x, const mpq_class& y, mpfr_prec_t bits)
    : bits_(bits),
      cx_(bits),
      cy_(bits),
      x_(bits),
      y_(bits),
      xx_(bits),
      yy_(bits),
      t_(bits),
      rounding_(kStepRounding, -static_cast<std::int64_t>(bits)) {
  cx_.set(x);
  cy_.set(y);
  mpfr_set_zero(x_, 1);
  mpfr_set_zero(y_, 1);
  mpfr_set_zero(xx_, 1);
  mpfr_set_zero(yy_, 1);
}

void Ball::step() {
  error_ = (size_ * Wide(2 * kUp) + error_ * kUp) * error_ + rounding_;
  mpfr_mul(y_, x_, y_, MPFR_RNDN);
  mpfr_mul_2ui(y_, y_, 1, MPFR_RNDN);
  mpfr_add(y_, y_, cy_, MPFR_RNDN);
  mpfr_sub(x_, xx_, yy_, MPFR_RNDN);
  mpfr_add(x_, x_, cx_, MPFR_RNDN);
  mpfr_sqr(xx_, x_, MPFR_RNDN);
  mpfr_sqr(yy_, y_, MPFR_RNDN);
  const Wide x = to_wide(x_), y = to_wide(y_);
  size_ = sqrt(x * x + y * y) * kUp;
}

Ball::Where Ball::where() {
  if (error_ > kErrorMax) return Where::kUndecided;
  mpfr_add(t_, xx_, yy_, MPFR_RNDN);
  const double square = mpfr_get_d(t_, MPFR_RNDN);
  if (square < 3.99) return Where::kInside;
  if (square > 4.01) return Where::kOutside;
  square_minus_4(t_);
  const Wide above = to_wide(t_);
  const Wide doubt = square_minus_4_error() + abs(above) * 0x1p-52;  // rounded to a double
  if (above > doubt) return Where::kOutside;
  return -above > doubt ? Where::kInside : Where::kUndecided;
}

void Ball::square_minus_4(mpfr_ptr result) const {
  mpfr_add(result, xx_, yy_, MPFR_RNDN);
  mpfr_sub_ui(result, result, 4, MPFR_RNDN);
}

// ||z|^2 - |z*|^2| <= (2|z| + e) e, and the squares' and sums' roundings.
Wide Ball::square_minus_4_error() const {
  return (size_ * 2 + error_) * error_ * kUp +
         (size_ * size_ + 4) * Wide(4, -static_cast<std::int64_t>(bits_));
}

}  // namespace mandel
