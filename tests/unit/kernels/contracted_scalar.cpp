// The reference, built wrongly on purpose: this file alone is compiled with contraction into fused
// multiply-adds, the mistake that the self-test exists for. It renames what scalar.h defines, so
// that the linker can't take these functions for the right ones; the standard headers come first,
// so that nothing of theirs is renamed.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string_view>
#include <utility>
#include <vector>

#define advance contracted_advance
#define scalar_count contracted_scalar_count
#define kScalarBackend kContractedBackend
#include "kernels/cpu/scalar.cpp"
