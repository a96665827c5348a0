// The rows of the registry, one per backend, each defined in the file of that backend.
// Private to kernels/: others ask registry.h.
#pragma once

#include "kernels/kernel.h"

namespace mandel {

extern const Backend kComplexBackend;
extern const Backend kSweepBackend;
extern const Backend kSweepBlockedBackend;
extern const Backend kScalarBackend;

// Only in builds with CUDA (MANDEL_HAVE_CUDA).
extern const Backend kCudaF32Backend;
extern const Backend kCudaSweepBackend;
extern const Backend kCudaSimpleBackend;
extern const Backend kCudaRefillBackend;
extern const Backend kCudaBackend;

}  // namespace mandel
