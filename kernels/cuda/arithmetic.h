// The arithmetic of every CUDA kernel, written once for two compilers: nvcc builds it for the
// device, g++ for the host, where the tests run the same control flow without a GPU and compare it
// with `scalar`. On the device every operation is an intrinsic that names its rounding: those are
// never contracted into a fused multiply-add, whatever the flags say. On the host they are the
// plain operators, under -ffp-contract=off.
#pragma once

#include <cstdint>

#ifdef __CUDACC__
#define MANDEL_DEVICE __device__
#else
#define MANDEL_DEVICE
#endif

namespace mandel::cuda {

#ifdef __CUDACC__
MANDEL_DEVICE inline double add(double a, double b) { return __dadd_rn(a, b); }
MANDEL_DEVICE inline double subtract(double a, double b) { return __dsub_rn(a, b); }
MANDEL_DEVICE inline double multiply(double a, double b) { return __dmul_rn(a, b); }
MANDEL_DEVICE inline double twice_plus(double t, double c) { return __fma_rn(t, 2.0, c); }
MANDEL_DEVICE inline float add(float a, float b) { return __fadd_rn(a, b); }
MANDEL_DEVICE inline float subtract(float a, float b) { return __fsub_rn(a, b); }
MANDEL_DEVICE inline float multiply(float a, float b) { return __fmul_rn(a, b); }
MANDEL_DEVICE inline float twice_plus(float t, float c) { return __fmaf_rn(t, 2.0f, c); }
#else
template <class Real>
Real add(Real a, Real b) {
  return a + b;
}
template <class Real>
Real subtract(Real a, Real b) {
  return a - b;
}
template <class Real>
Real multiply(Real a, Real b) {
  return a * b;
}
// 2t is exact, so the fused form rounds once, as this does: the one use of fma that changes no bit.
template <class Real>
Real twice_plus(Real t, Real c) {
  return Real{2} * t + c;
}
#endif

template <class Real>
struct Complex {
  Real x;
  Real y;
};

// A point's orbit on its way, as in kernels/cpu/scalar.h: z after `n` iterations, and whether
// iteration n - 1 took it past 2.
template <class Real>
struct Orbit {
  Complex<Real> z;
  std::uint32_t n;
  bool escaped;
};

// One iteration, 6 slots of the FP64 pipe: x*y + y*x is twice the rounded x*y.
template <class Real>
MANDEL_DEVICE inline Complex<Real> next(Complex<Real> z, Complex<Real> c) {
  const Real t = multiply(z.x, z.y);
  return {add(subtract(multiply(z.x, z.x), multiply(z.y, z.y)), c.x), twice_plus(t, c.y)};
}

template <class Real>
MANDEL_DEVICE inline Real norm(Complex<Real> z) {
  return add(multiply(z.x, z.x), multiply(z.y, z.y));
}

// The definition: iterates with a test after each iteration until z escapes or n reaches `until`.
// 8 slots an iteration, as the squares serve the test and then the next iteration.
template <class Real>
MANDEL_DEVICE inline void advance(Orbit<Real>& orbit, Complex<Real> c, std::uint32_t until) {
  Complex<Real> z = orbit.z;
  Real xx = multiply(z.x, z.x);
  Real yy = multiply(z.y, z.y);
  while (!orbit.escaped && orbit.n < until) {
    const Real t = multiply(z.x, z.y);
    z = {add(subtract(xx, yy), c.x), twice_plus(t, c.y)};
    xx = multiply(z.x, z.x);
    yy = multiply(z.y, z.y);
    ++orbit.n;
    orbit.escaped = add(xx, yy) > Real{4};
  }
  orbit.z = z;
}

// Whether an escape can be noticed late: for these c the computed |z| can't come back below 2 once
// it was above (a relative gain of 1e-9 an iteration against 4e-15 of rounding). Others, on a
// hair's breadth ring around |c| = 2, and NaN, are tested after each iteration.
MANDEL_DEVICE inline bool escape_is_final(Complex<double> c) { return norm(c) <= 4.0 - 1e-8; }

// The closed forms of the main cardioid and of the disc of period 2, each shrunk by a margin inside
// which the rounded orbit provably stays bounded too. See docs/gpu.md.
MANDEL_DEVICE inline bool surely_inside(Complex<double> c) {
  const double yy = multiply(c.y, c.y);
  const double a = subtract(c.x, 0.25);
  const double q = add(multiply(a, a), yy);
  const double b = add(c.x, 1.0);
  return add(multiply(q, add(q, a)), 5e-5) < multiply(yy, 0.25) ||
         add(multiply(b, b), yy) < 0.0625 - 2.5e-5;
}

}  // namespace mandel::cuda
