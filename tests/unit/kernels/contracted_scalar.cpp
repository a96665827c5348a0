// The reference, built wrongly on purpose: this file alone is compiled with contraction into fused
// multiply-adds, the mistake that the self-test exists for. It renames what scalar.cpp defines, so
// that the linker can't take these functions for the right ones; what they include comes first, so
// that nothing of the standard library's is renamed.
#include <algorithm>

#include "kernels/backends.h"

namespace mandel {
extern const Backend kContractedBackend;
}

#define advance contracted_advance
#define scalar_count contracted_scalar_count
#define kScalarBackend kContractedBackend
#include "kernels/cpu/scalar.cpp"
