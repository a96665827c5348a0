// Orbits that escaped somewhere in a stretch of untested iterations wait here, put back to its
// start, until they fill a whole group; then the stretch is run once more with a test at every
// iteration, which gives the exact count. Testing one orbit alone would cost as much as a group.
#if defined(MANDEL_SIMD_REPLAY_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MANDEL_SIMD_REPLAY_INL_H_
#undef MANDEL_SIMD_REPLAY_INL_H_
#else
#define MANDEL_SIMD_REPLAY_INL_H_
#endif

#include "kernels/simd/front-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mandel {
namespace HWY_NAMESPACE {

class Replay {
 public:
  void start() { size_ = 0; }

  // An orbit that is at z after `done` iterations and escapes within the next `steps`.
  HWY_INLINE void add(Request& request, double x, double y, double cx, double cy, std::int64_t done,
                      std::uint64_t cell, std::size_t steps) {
    x_[size_] = x;
    y_[size_] = y;
    cx_[size_] = cx;
    cy_[size_] = cy;
    done_[size_] = static_cast<std::uint64_t>(done);
    cell_[size_] = cell;
    if (++size_ == kWidth) run(request, steps);
  }

  // Settles those that wait.
  void finish(Request& request, std::size_t steps) {
    for (std::size_t i = size_; i < kWidth; ++i) {
      x_[i] = y_[i] = cy_[i] = 0.0;
      cx_[i] = kFarAway;
    }
    run(request, steps);
  }

 private:
  // A stretch may run past max_iter: an orbit that escapes there counts as inside.
  void run(Request& request, std::size_t steps) {
    HWY_ALIGN_MAX std::uint64_t passed[kWidth];
    iterate_group_tested(cx_, cy_, x_, y_, passed, steps);
    for (std::size_t i = 0; i < size_; ++i) {
      const std::uint64_t count = done_[i] + passed[i];
      const bool escaped = count < request.max_iter;
      request.out[cell_[i]] = escaped ? static_cast<std::uint32_t>(count) : 0;
      request.stats.executed += escaped ? count + 1 : request.max_iter;
    }
    size_ = 0;
  }

  HWY_ALIGN_MAX double x_[kWidth], y_[kWidth], cx_[kWidth], cy_[kWidth];
  HWY_ALIGN_MAX std::uint64_t done_[kWidth];
  std::uint64_t cell_[kWidth];
  std::size_t size_;
};

}  // namespace HWY_NAMESPACE
}  // namespace mandel
HWY_AFTER_NAMESPACE();

#endif  // MANDEL_SIMD_REPLAY_INL_H_
