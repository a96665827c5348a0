// A number of three words, 190 bits, with an exponent of its own: for the few pixels that lose more
// than a pair's digits. Its arithmetic is MPFR's, which has ways of its own for so few words: a
// dozen nanoseconds each. Not Real, whose words lie elsewhere: tables hold millions of these.
//
// Each operation's result is the exact one times (1 + t), |t| <= kUnit = 2^-190: MPFR rounds to
// nearest, and nothing over- or underflows where FarExponents are in force.
#pragma once

#include <mpfr.h>

#include "kernels/deep/wide.h"

namespace mandel {

class Triple {
 public:
  static constexpr mpfr_prec_t kBits = 190;

  Triple() = default;
  Triple(double value) : Triple(WidePair(Pair(value), 0)) {}
  explicit Triple(WidePair value) {
    Handle result(*this);
    mpfr_set_d(result, value.mantissa().hi, MPFR_RNDN);
    mpfr_add_d(result, result, value.mantissa().lo, MPFR_RNDN);
    if (!value.is_zero()) mpfr_mul_2si(result, result, value.exponent(), MPFR_RNDN);
    take(result);
  }
  // Rounded to nearest.
  explicit Triple(mpfr_srcptr value) {
    Handle result(*this);
    mpfr_set(result, value, MPFR_RNDN);
    take(result);
  }

  // Within 2^-53 and 2^-63 of the number: its first word, rounded.
  friend Wide rough(const Triple& a) {
    if (a.kind_ != MPFR_REGULAR_KIND && a.kind_ != -MPFR_REGULAR_KIND) return {};
    const auto head = static_cast<double>(a.words_[kWords - 1]);
    return {a.kind_ < 0 ? -head : head, a.exponent_ - GMP_NUMB_BITS};
  }

  friend Triple operator+(const Triple& a, const Triple& b) { return result_of<mpfr_add>(a, b); }
  friend Triple operator-(const Triple& a, const Triple& b) { return result_of<mpfr_sub>(a, b); }
  friend Triple operator*(const Triple& a, const Triple& b) { return result_of<mpfr_mul>(a, b); }
  friend Triple twice(Triple a) {
    ++a.exponent_;
    return a;
  }

 private:
  static_assert(GMP_NUMB_BITS == 64);
  static constexpr std::size_t kWords = 3;

  // What MPFR's functions take: a number's words, where they are.
  class Handle {
   public:
    explicit Handle(const Triple& of) {
      auto* words = const_cast<mp_limb_t*>(of.words_);  // MPFR does not write to what it only reads
      mpfr_custom_init_set(value_, of.kind_, of.exponent_, kBits, words);
    }
    operator mpfr_ptr() { return value_; }

   private:
    mpfr_t value_;
  };

  template <auto kOperation>
  static Triple result_of(const Triple& a, const Triple& b) {
    Triple made;
    Handle result(made), first(a), second(b);
    kOperation(result, first, second, MPFR_RNDN);
    made.take(result);
    return made;
  }

  void take(mpfr_srcptr value) {
    kind_ = mpfr_custom_get_kind(value);
    exponent_ = mpfr_custom_get_exp(value);
  }

  mp_limb_t words_[kWords] = {};
  mpfr_exp_t exponent_ = 0;
  int kind_ = MPFR_ZERO_KIND;  // with its sign
};

template <>
inline constexpr bool kIsWide<Triple> = true;

// While one lives, this thread's MPFR numbers have exponents up to 2^62, which no orbit and no
// table comes near: at most 2^17 a step. MPFR begins with 2^30.
class FarExponents {
 public:
  FarExponents() {
    mpfr_set_emin(mpfr_get_emin_min());
    mpfr_set_emax(mpfr_get_emax_max());
  }
  FarExponents(const FarExponents&) = delete;
  FarExponents& operator=(const FarExponents&) = delete;
  ~FarExponents() {
    mpfr_set_emin(least_);
    mpfr_set_emax(most_);
  }

 private:
  const mpfr_exp_t least_ = mpfr_get_emin(), most_ = mpfr_get_emax();
};

}  // namespace mandel
