// What the files *.inc of kernels/gpu take for granted, in OpenCL C 1.2 (dialect.h is the same in
// C++). CMake puts this, those and kernels.cl together to one text, which the driver compiles.
//
// OpenCL C has no operation with a stated rounding. The pragma forbids contraction, but drivers have
// ignored it: the self-test before each use tells.
#ifdef cl_khr_fp64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif
#pragma OPENCL FP_CONTRACT OFF

#define MANDEL_DEVICE
#define MANDEL_GLOBAL __global
#define MANDEL_CONSTANT __constant
#define MANDEL_ANY_WORK  // the one type called Work

typedef ushort uint16_t;
typedef uint uint32_t;
typedef ulong Total;
typedef double Real;

Real add(Real a, Real b) { return a + b; }
Real subtract(Real a, Real b) { return a - b; }
Real multiply(Real a, Real b) { return a * b; }
// 2t is exact, so the fused form rounds once: the one use of fma that changes no bit.
Real twice_plus(Real t, Real c) { return fma(t, 2.0, c); }
