// Many orbits side by side: the arithmetic that all SIMD backends share. One vector in flight waits
// for its own latency most of the time, so orbits move in groups of several vectors; a group is a
// few plain arrays, and its z lives in registers only inside the two loops below.
// Compiled once per instruction set (hence no #pragma once, but Highway's toggling guard).
#if defined(MANDEL_SIMD_ORBITS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MANDEL_SIMD_ORBITS_INL_H_
#undef MANDEL_SIMD_ORBITS_INL_H_
#else
#define MANDEL_SIMD_ORBITS_INL_H_
#endif

#include <cstddef>
#include <cstdint>
#include <hwy/highway.h>
#include <memory>

#include "kernels/kernel.h"
#include "kernels/simd/pipes.h"

HWY_BEFORE_NAMESPACE();
namespace mandel {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<double, 8>;
using U = hn::RebindToUnsigned<D>;
using I = hn::RebindToSigned<D>;
using V = hn::Vec<D>;
using VU = hn::Vec<U>;

// Vectors of a group: enough to fill the pipes, few enough that x and y stay in the registers (32
// for AVX-512 and NEON, 16 for the others).
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_SSE4 || HWY_TARGET == HWY_SSSE3
inline constexpr std::size_t kVectors = 6;
inline constexpr std::size_t kTestedVectors = 3;
#else
inline constexpr std::size_t kVectors = 8;
inline constexpr std::size_t kTestedVectors = 4;
#endif
inline constexpr std::size_t kLanes = hn::MaxLanes(D());
inline constexpr std::size_t kWidth = kVectors * kLanes;  // orbits of a group
static_assert(kWidth <= 64 && kVectors % kTestedVectors == 0, "a set of orbits is a 64-bit mask");

// One bit per orbit of a group.
using OrbitSet = std::uint64_t;
inline constexpr OrbitSet kAllOrbits = kWidth == 64 ? ~OrbitSet{0} : (OrbitSet{1} << kWidth) - 1;

// The first `count` orbits of a group, of which there is at least one.
inline constexpr OrbitSet first_orbits(std::size_t count) { return kAllOrbits >> (kWidth - count); }

// A point with |c|^2 below this, once it has |z|^2 > 4, keeps |z|^2 > 4 in floating point, and then
// is infinite or NaN for ever: its escape may be looked for later. See docs/numerics.md.
inline constexpr double kDeferrable = 4.0 - 1e-8;

// A point for unused lanes: it leaves at once and stays away.
inline constexpr double kFarAway = 4.0;

template <class Mask>
HWY_INLINE std::uint64_t mask_bits(Mask mask) {
  std::uint8_t bits[8] = {};
  hn::StoreMaskBits(D(), mask, bits);
  return bits[0];
}

// Sets and copies a value for each orbit of a group. (g++ makes slow string instructions of
// std::fill_n and std::copy_n of this length.)
HWY_INLINE void fill_group(double* to, double value) {
  for (std::size_t k = 0; k < kWidth; k += kLanes) hn::Store(hn::Set(D(), value), D(), to + k);
}

HWY_INLINE void copy_group(const double* from, double* to) {
  for (std::size_t k = 0; k < kWidth; k += kLanes) hn::Store(hn::Load(D(), from + k), D(), to + k);
}

// Where |z|^2 <= 4. Asking "not above 4" instead would take a NaN for a point inside.
HWY_INLINE auto is_inside(V x, V y) {
  return hn::Le(hn::Add(hn::Mul(x, x), hn::Mul(y, y)), hn::Set(D(), 4.0));
}

// The orbits of a group that are inside.
HWY_INLINE OrbitSet inside_set(const double* zx, const double* zy) {
  const D d;
  OrbitSet inside = 0;
#pragma GCC unroll 8
  for (std::size_t k = 0; k < kWidth; k += kLanes) {
    inside |= mask_bits(is_inside(hn::Load(d, zx + k), hn::Load(d, zy + k))) << k;
  }
  return inside;
}

// z -> z^2 + c, with the reference's roundings. x*y + y*x is twice t = round(x*y) exactly, and
// since 2t is exact, fma(t, 2, cy) rounds once, as 2t + cy does. That form is one instruction for
// the pipes that multiply, the other two for those that add.
template <bool kFused>
HWY_INLINE void step(V& x, V& y, V cx, V cy) {
  const V xx = hn::Mul(x, x);
  const V yy = hn::Mul(y, y);
  const V t = hn::Mul(x, y);
  x = hn::Add(hn::Sub(xx, yy), cx);
  y = kFused ? hn::MulAdd(t, hn::Set(D(), 2.0), cy) : hn::Add(hn::Add(t, t), cy);
}

// Where there is no fused instruction, only additions double.
#if HWY_TARGET == HWY_SSE4 || HWY_TARGET == HWY_SSSE3 || HWY_TARGET == HWY_SCALAR
inline constexpr bool kHasFma = false;
#else
inline constexpr bool kHasFma = true;
#endif

// A kernel that doubles as the pipes of this CPU take it best. Where they are alike, the fewest
// instructions are; where they are not, a third of the doublings by fma keeps both kinds busy.
// (Two kernels rather than a branch in one, which takes 2 %.)
template <template <std::size_t kFusedOf> class KernelOf>
std::unique_ptr<Kernel> make_for_pipes() {
#if !defined(MANDEL_DOUBLE_ONE_WAY)
  if (kHasFma && pipes_are_alike()) return std::make_unique<KernelOf<1>>();
#endif
  return std::make_unique<KernelOf<3>>();
}

// count + one, in the lanes of the mask: one instruction either way.
template <class Mask>
HWY_INLINE VU add_where(Mask mask, VU count, VU one) {
#if HWY_TARGET <= HWY_AVX3
  return hn::IfThenElse(hn::RebindMask(U(), mask), hn::Add(count, one), count);
#else
  (void)one;
  return hn::Sub(count, hn::BitCast(U(), hn::VecFromMask(D(), mask)));
#endif
}

// The z of a group's orbits, in registers.
struct GroupZ {
  V x[kVectors], y[kVectors];

  // Written out, since the compiler's own would be made without this target's instructions (ARM).
  HWY_INLINE GroupZ() {}
};

HWY_INLINE GroupZ load_group(const double* from_x, const double* from_y) {
  GroupZ z;
#pragma GCC unroll 8
  for (std::size_t v = 0; v < kVectors; ++v) {
    z.x[v] = hn::Load(D(), from_x + v * kLanes);
    z.y[v] = hn::Load(D(), from_y + v * kLanes);
  }
  return z;
}

HWY_INLINE void store_group(const GroupZ& z, double* to_x, double* to_y) {
#pragma GCC unroll 8
  for (std::size_t v = 0; v < kVectors; ++v) {
    hn::Store(z.x[v], D(), to_x + v * kLanes);
    hn::Store(z.y[v], D(), to_y + v * kLanes);
  }
}

// Moves the orbits of a group on by `steps` iterations, testing nothing. One vector in kFusedOf
// doubles by fma.
template <std::size_t kFusedOf>
HWY_INLINE void iterate(GroupZ& z, const double* cx, const double* cy, std::size_t steps) {
  for (std::size_t i = 0; i < steps; ++i) {
#pragma GCC unroll 8
    for (std::size_t v = 0; v < kVectors; ++v) {
      const V cxv = hn::Load(D(), cx + v * kLanes);
      const V cyv = hn::Load(D(), cy + v * kLanes);
      if (kHasFma && v % kFusedOf == 0) {
        step<true>(z.x[v], z.y[v], cxv, cyv);
      } else {
        step<false>(z.x[v], z.y[v], cxv, cyv);
      }
    }
  }
}

// The same from (from_x, from_y) to (to_x, to_y), which may be the same arrays.
template <std::size_t kFusedOf>
HWY_INLINE void iterate(const double* cx, const double* cy, const double* from_x,
                        const double* from_y, double* to_x, double* to_y, std::size_t steps) {
  GroupZ z = load_group(from_x, from_y);
  iterate<kFusedOf>(z, cx, cy, steps);
  store_group(z, to_x, to_y);
}

// Moves kTestedVectors vectors of orbits on by up to `steps` iterations with a test after each, and
// writes how many tests each one passed: `steps` if it is still inside, less if it escaped. Ends
// early when all have escaped. All points must be deferrable or far away. `z` is valid afterwards
// for those still inside.
HWY_INLINE void iterate_tested(const double* cx, const double* cy, double* zx, double* zy,
                               std::uint64_t* passed, std::size_t steps) {
  const D d;
  const U du;
  const VU one = hn::Set(du, std::uint64_t{1});
  V x[kTestedVectors], y[kTestedVectors];
  VU count[kTestedVectors];
#pragma GCC unroll 8
  for (std::size_t v = 0; v < kTestedVectors; ++v) {
    x[v] = hn::Load(d, zx + v * kLanes);
    y[v] = hn::Load(d, zy + v * kLanes);
    count[v] = hn::Zero(du);
  }
  for (std::size_t i = 0; i < steps; ++i) {
    auto any_inside = hn::MaskFromVec(hn::Zero(d));
#pragma GCC unroll 8
    for (std::size_t v = 0; v < kTestedVectors; ++v) {
      step<kHasFma>(x[v], y[v], hn::Load(d, cx + v * kLanes), hn::Load(d, cy + v * kLanes));
      const auto inside = is_inside(x[v], y[v]);
      count[v] = add_where(inside, count[v], one);
      any_inside = hn::Or(any_inside, inside);
    }
    if (hn::AllFalse(d, any_inside)) break;
  }
#pragma GCC unroll 8
  for (std::size_t v = 0; v < kTestedVectors; ++v) {
    hn::Store(x[v], d, zx + v * kLanes);
    hn::Store(y[v], d, zy + v * kLanes);
    hn::Store(count[v], du, passed + v * kLanes);
  }
}

// The same for a whole group.
HWY_INLINE void iterate_group_tested(const double* cx, const double* cy, double* zx, double* zy,
                                     std::uint64_t* passed, std::size_t steps) {
  for (std::size_t k = 0; k < kWidth; k += kTestedVectors * kLanes)
    iterate_tested(cx + k, cy + k, zx + k, zy + k, passed + k, steps);
}

}  // namespace HWY_NAMESPACE
}  // namespace mandel
HWY_AFTER_NAMESPACE();

#endif  // MANDEL_SIMD_ORBITS_INL_H_
