// What a thread of the GPU kernels does is written once, for three compilers: nvcc, the OpenCL
// compiler in a device's driver, and g++, whose build of it the tests run without a GPU and compare
// with `scalar`. Hence the files *.inc beside this: in what C++ and OpenCL C have in common, and
// without includes. Not in C++ for OpenCL, which few drivers compile. This is what they take for
// granted in CUDA and C++; kernels/opencl/dialect.cl is the same in OpenCL C.
#pragma once

#include <cstdint>  // IWYU pragma: export

#ifdef __CUDACC__
#define MANDEL_DEVICE __device__ inline
#else
#define MANDEL_DEVICE inline
#endif
#define MANDEL_GLOBAL  // memory that all threads share is like any other
#define MANDEL_CONSTANT inline constexpr
#define MANDEL_ANY_WORK template <class Work>

namespace mandel::gpu {

typedef unsigned long long Total;  // what CUDA's atomics add to

// On the device every operation is an intrinsic that names its rounding: those are never contracted
// into a fused multiply-add, whatever the flags say. On the host they are the plain operators,
// under -ffp-contract=off.
#ifdef __CUDACC__
MANDEL_DEVICE double add(double a, double b) { return __dadd_rn(a, b); }
MANDEL_DEVICE double subtract(double a, double b) { return __dsub_rn(a, b); }
MANDEL_DEVICE double multiply(double a, double b) { return __dmul_rn(a, b); }
MANDEL_DEVICE double twice_plus(double t, double c) { return __fma_rn(t, 2.0, c); }
MANDEL_DEVICE float add(float a, float b) { return __fadd_rn(a, b); }
MANDEL_DEVICE float subtract(float a, float b) { return __fsub_rn(a, b); }
MANDEL_DEVICE float multiply(float a, float b) { return __fmul_rn(a, b); }
MANDEL_DEVICE float twice_plus(float t, float c) { return __fmaf_rn(t, 2.0f, c); }
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

}  // namespace mandel::gpu
