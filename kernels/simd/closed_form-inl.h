// Points that never escape because they lie in the main cardioid or the period-2 disc, told by a
// formula instead of max_iter iterations. The margins keep points away from the boundary, where the
// exact orbit stays bounded but the rounded one might not; why they are enough is in
// docs/numerics.md. A plain "q (q + a) < y^2 / 4" would be right on paper only.
#if defined(MANDEL_SIMD_CLOSED_FORM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MANDEL_SIMD_CLOSED_FORM_INL_H_
#undef MANDEL_SIMD_CLOSED_FORM_INL_H_
#else
#define MANDEL_SIMD_CLOSED_FORM_INL_H_
#endif

#include "kernels/simd/orbits-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mandel {
namespace HWY_NAMESPACE {

inline constexpr double kCardioidMargin = 5e-5;
inline constexpr double kDiscMargin = 2.5e-5;

// The points x + iy that are inside for certain.
HWY_INLINE auto inside_closed_form(V x, V y) {
  const D d;
  const V yy = hn::Mul(y, y);
  const V a = hn::Sub(x, hn::Set(d, 0.25));
  const V q = hn::Add(hn::Mul(a, a), yy);
  const V b = hn::Add(x, hn::Set(d, 1.0));
  const auto cardioid = hn::Lt(hn::Add(hn::Mul(q, hn::Add(q, a)), hn::Set(d, kCardioidMargin)),
                               hn::Mul(yy, hn::Set(d, 0.25)));
  const auto disc = hn::Lt(hn::Add(hn::Mul(b, b), yy), hn::Set(d, 1.0 / 16.0 - kDiscMargin));
  return hn::Or(cardioid, disc);
}

// The rectangles (x +- half_x, y +- half_y) all of whose points pass the test above: each side of
// the inequality is replaced by its bound over the rectangle, rounding being far below the margins.
HWY_INLINE auto inside_closed_form(V x, V y, V half_x, V half_y) {
  const D d;
  const V zero = hn::Zero(d);
  const V y_max = hn::Add(hn::Abs(y), half_y);
  const V y_min = hn::Max(hn::Sub(hn::Abs(y), half_y), zero);
  const V yy_max = hn::Mul(y_max, y_max);
  const V a = hn::Sub(x, hn::Set(d, 0.25));
  const V a_far = hn::Add(hn::Abs(a), half_x);
  const V q_max = hn::Add(hn::Mul(a_far, a_far), yy_max);
  const V sum_max = hn::Max(hn::Add(q_max, hn::Add(a, half_x)), zero);
  const V b_far = hn::Add(hn::Abs(hn::Add(x, hn::Set(d, 1.0))), half_x);
  const auto cardioid = hn::Lt(hn::Add(hn::Mul(q_max, sum_max), hn::Set(d, kCardioidMargin)),
                               hn::Mul(hn::Mul(y_min, y_min), hn::Set(d, 0.25)));
  const auto disc =
      hn::Lt(hn::Add(hn::Mul(b_far, b_far), yy_max), hn::Set(d, 1.0 / 16.0 - kDiscMargin));
  return hn::Or(cardioid, disc);
}

}  // namespace HWY_NAMESPACE
}  // namespace mandel
HWY_AFTER_NAMESPACE();

#endif  // MANDEL_SIMD_CLOSED_FORM_INL_H_
