// MPFR's numbers, freed when they go. Not a wrapper with operators: a loop of a million steps must
// not allocate, so each operation names where its result goes.
#pragma once

#include <gmpxx.h>
#include <mpfr.h>

#include "kernels/deep/triple.h"

namespace mandel {

class Real {
 public:
  explicit Real(mpfr_prec_t bits) { mpfr_init2(value_, bits); }
  Real(const Real&) = delete;
  Real& operator=(const Real&) = delete;
  ~Real() { mpfr_clear(value_); }

  operator mpfr_ptr() { return value_; }
  operator mpfr_srcptr() const { return value_; }

  // Rounded to nearest.
  void set(const mpq_class& value) { mpfr_set_q(value_, value.get_mpq_t(), MPFR_RNDN); }

 private:
  mpfr_t value_;
};

// The two leading doubles of a number. `t` has at least its precision.
inline WidePair to_wide_pair(mpfr_srcptr value, mpfr_ptr t) {
  if (mpfr_zero_p(value) != 0) return {};
  const long exponent = mpfr_get_exp(value);
  mpfr_mul_2si(t, value, -exponent, MPFR_RNDN);  // exact, as is the difference
  const double high = mpfr_get_d(t, MPFR_RNDN);
  mpfr_sub_d(t, t, high, MPFR_RNDN);
  return {Pair(high, mpfr_get_d(t, MPFR_RNDN)), exponent};
}

inline WidePair to_wide_pair(const mpq_class& value) {
  constexpr mpfr_prec_t kBits = 200;  // more than a pair's 106
  Real exact(kBits), t(kBits);
  exact.set(value);
  return to_wide_pair(exact, t);
}

// Rounded once.
inline Triple to_triple(const mpq_class& value) {
  Real rounded(Triple::kBits);
  rounded.set(value);
  return Triple(rounded);
}

}  // namespace mandel
