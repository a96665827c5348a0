// Moving chosen lanes together. Highway 1.0.3 has Compress, but g++ 12 copies its 2 KiB lookup
// table to the stack at every use, which took half of the time of a whole picture; hence this one
// instruction by hand where there is one, and a loop without branches where there is none.
#if defined(MANDEL_SIMD_PACK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MANDEL_SIMD_PACK_INL_H_
#undef MANDEL_SIMD_PACK_INL_H_
#else
#define MANDEL_SIMD_PACK_INL_H_
#endif

#include "kernels/simd/orbits-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mandel {
namespace HWY_NAMESPACE {

#if HWY_TARGET <= HWY_AVX3

// Writes the lanes of `v` whose bits are set to `to`, side by side, and something into the rest of
// a vector's length. (Into a register first: compressing to memory is microcoded on Zen.)
HWY_INLINE void pack(V v, std::uint64_t bits, double* to) {
  hn::StoreU(V{_mm512_maskz_compress_pd(static_cast<__mmask8>(bits), v.raw)}, D(), to);
}

HWY_INLINE void pack(VU v, std::uint64_t bits, std::uint64_t* to) {
  hn::StoreU(VU{_mm512_maskz_compress_epi64(static_cast<__mmask8>(bits), v.raw)}, U(), to);
}

#else

template <class Vec>
HWY_INLINE void pack(Vec v, std::uint64_t bits, hn::TFromV<Vec>* to) {
  HWY_ALIGN_MAX hn::TFromV<Vec> lanes[kLanes];
  hn::Store(v, hn::DFromV<Vec>(), lanes);
  for (std::size_t i = 0; i < kLanes; ++i) {
    *to = lanes[i];
    to += bits >> i & 1;
  }
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace mandel
HWY_AFTER_NAMESPACE();

#endif  // MANDEL_SIMD_PACK_INL_H_
