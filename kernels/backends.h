// The rows of the registry, one or more per backend, each defined in the file of that backend.
// Private to kernels/: everybody else asks registry.h.
#pragma once

#include <array>

#include "kernels/kernel.h"

namespace mandel {

extern const Backend kNoopBackend;
extern const Backend kComplexBackend;
extern const Backend kSweepBackend;
extern const Backend kSweepBlockedBackend;
extern const Backend kScalarBackend;

// A SIMD backend by its plain name, then once for each instruction set.
using SimdRows = std::array<Backend, 5>;
extern const SimdRows kSimdBackends;
extern const SimdRows kSimdDeferredBackends;
extern const SimdRows kSimdRefillBackends;
extern const SimdRows kSimdFullBackends;

// Only in builds with OpenCL (MANDEL_HAVE_OPENCL).
extern const Backend kOpenClSimpleBackend;
extern const Backend kOpenClBackend;

// Only in builds with CUDA (MANDEL_HAVE_CUDA).
extern const Backend kCudaF32Backend;
extern const Backend kCudaSweepBackend;
extern const Backend kCudaSimpleBackend;
extern const Backend kCudaRefillBackend;
extern const Backend kCudaBackend;

}  // namespace mandel
