// The definition's loop in MPFR, with a proved bound of its error: |computed z - true z| <= error.
// Shared by the oracle and the reference orbit, so that there is one such proof: docs/deep.md,
// "The ball".
#pragma once

#include <gmpxx.h>

#include "kernels/deep/real.h"
#include "kernels/deep/wide.h"

namespace mandel {

// Bits of all steps between two polls: a step takes 0.2 us with few bits, 400 with 2^16.
inline constexpr long kBitsBetweenPolls = 1 << 21;

class Ball {
 public:
  // c is rounded to `bits`.
  Ball(const mpq_class& x, const mpq_class& y, mpfr_prec_t bits);

  // z := z^2 + c, from z = 0. Only while is_inside().
  void step();

  // Of the z that step() made: is the true |z| surely at most 2, or surely above?
  enum class Where { kInside, kOutside, kUndecided };
  Where where();

  mpfr_srcptr x() const { return x_; }
  mpfr_srcptr y() const { return y_; }
  Wide error() const { return error_; }
  // |z|, rounded up.
  Wide size() const { return size_; }
  // |z|^2 - 4, in numbers of as many bits, and how far that may be from the true one.
  void square_minus_4(mpfr_ptr result) const;
  Wide square_minus_4_error() const;

 private:
  mpfr_prec_t bits_;
  Real cx_, cy_, x_, y_, xx_, yy_, t_;
  Wide size_;
  Wide error_;     // of z
  Wide rounding_;  // of one step
};

}  // namespace mandel
