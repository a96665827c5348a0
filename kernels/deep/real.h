// MPFR's numbers, freed when they go. Not a wrapper with operators: a loop of a million steps must
// not allocate, so each operation names where its result goes.
#pragma once

#include <gmpxx.h>
#include <mpfr.h>

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

}  // namespace mandel
