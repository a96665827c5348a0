// The front end of every SIMD backend: it turns rows of coordinates into full groups of orbits.
// What needs no orbit at all is settled here (points that leave at 0, points inside by closed
// form, the rare points that need a test at every iteration); the rest is packed densely, so that
// the loops behind never carry an idle lane, whatever the picture's shape.
#if defined(MANDEL_SIMD_FRONT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MANDEL_SIMD_FRONT_INL_H_
#undef MANDEL_SIMD_FRONT_INL_H_
#else
#define MANDEL_SIMD_FRONT_INL_H_
#endif

#include <algorithm>

#include "kernels/cpu/scalar.h"
#include "kernels/kernel.h"
#include "kernels/simd/pack-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mandel {
namespace HWY_NAMESPACE {

// What one call of Kernel::run asks for, with the figures that it collects.
struct Request {
  const double* xs;
  const double* ys;
  std::size_t columns;
  std::size_t rows;
  std::uint32_t max_iter;
  std::uint32_t* out;
  const StopPoll* stop;
  KernelStats stats;

  bool stopped() { return stats.stopped = stats.stopped || stop->stop_requested(); }
};

// With max_iter 0 there is nothing to do, and no other code need think of it.
inline KernelStats settle_without_iterations(Request& request) {
  std::fill_n(request.out, request.rows * request.columns, 0u);
  return request.stats;
}

// Points on their way to a group. `untested` is a number of iterations that all of them are known
// to survive. The arrays have room for one store past the end.
struct Batch {
  HWY_ALIGN_MAX double cx[kWidth + kLanes];
  HWY_ALIGN_MAX double cy[kWidth + kLanes];
  HWY_ALIGN_MAX std::uint64_t cell[kWidth + kLanes];
  std::size_t size;
  std::uint32_t untested;
};

// The first `count` lanes from `p`, without reading further.
HWY_INLINE V load_columns(const double* p, std::size_t count) {
  if (HWY_LIKELY(count >= kLanes)) return hn::LoadU(D(), p);
  HWY_ALIGN_MAX double lanes[kLanes] = {};
  std::copy_n(p, count, lanes);
  return hn::Load(D(), lanes);
}

// Points with |c|^2 within a hair of 4, where the escape may not be looked for late: the reference
// itself, with a poll now and then.
inline void run_reference(Request& request, double cx, double cy, std::size_t cell) {
  constexpr std::uint32_t kSlice = 1u << 20;
  Orbit orbit;
  while (!orbit.escaped && orbit.n < request.max_iter) {
    if (request.stopped()) return;
    advance(orbit, cx, cy, orbit.n + std::min(kSlice, request.max_iter - orbit.n));
  }
  request.stats.executed += orbit.n;
  request.out[cell] = orbit.escaped ? orbit.n - 1 : 0;
}

// Sends the points (xs[0 .. count), y), whose counts start at `cell`, on to `sink`, which takes
// full batches and, as `inside(x, y)`, says which points are known never to escape. The counts must
// be zero already.
template <class Sink>
HWY_INLINE void send_points(Request& request, Sink& sink, Batch& batch, const double* xs,
                            std::size_t count, double y, std::size_t cell) {
  const D d;
  const U du;
  const V cy = hn::Set(d, y);
  const V yy = hn::Mul(cy, cy);
  const VU lanes = hn::Iota(du, 0);  // of a number not known yet it takes a detour through memory
  for (std::size_t k = 0; k < count; k += kLanes) {
    const V cx = load_columns(xs + k, count - k);
    const V norm = hn::Add(hn::Mul(cx, cx), yy);
    const auto present = hn::FirstN(d, count - k);
    const auto far = hn::And(present, hn::Gt(norm, hn::Set(d, 4.0)));
    const auto near = hn::And(present, hn::Le(norm, hn::Set(d, kDeferrable)));
    const auto inside = hn::And(near, sink.inside(cx, cy));
    request.stats.executed += hn::CountTrue(d, far);
    request.stats.skipped += hn::CountTrue(d, inside) * std::uint64_t{request.max_iter};

    const std::uint64_t open = mask_bits(hn::AndNot(inside, near));
    pack(cx, open, batch.cx + batch.size);
    hn::StoreU(cy, d, batch.cy + batch.size);
    pack(hn::Add(lanes, hn::Set(du, std::uint64_t{cell + k})), open, batch.cell + batch.size);
    batch.size += hwy::PopCount(open);

    std::uint64_t slow = mask_bits(hn::AndNot(hn::Or(far, near), present));
    for (; HWY_UNLIKELY(slow != 0); slow &= slow - 1) {
      const std::size_t lane = hwy::Num0BitsBelowLS1Bit_Nonzero64(slow);
      run_reference(request, xs[k + lane], y, cell + k + lane);
    }
    if (batch.size >= kWidth) {
      sink.take(batch, kWidth);
      batch.size -= kWidth;
      hn::Store(hn::Load(d, batch.cx + kWidth), d, batch.cx);
      hn::Store(hn::Load(d, batch.cy + kWidth), d, batch.cy);
      hn::Store(hn::Load(du, batch.cell + kWidth), du, batch.cell);
    }
  }
}

// Sends what is left, filled up with points far away.
template <class Sink>
HWY_INLINE void send_rest(Sink& sink, Batch& batch) {
  if (batch.size == 0) return;
  std::fill(batch.cx + batch.size, batch.cx + kWidth, kFarAway);
  std::fill(batch.cy + batch.size, batch.cy + kWidth, 0.0);
  sink.take(batch, batch.size);
  batch.size = 0;
}

// The whole picture, row by row: for the backends that look at single points only.
template <class Sink>
HWY_INLINE void send_rows(Request& request, Sink& sink, Batch& batch) {
  batch.size = 0;
  batch.untested = 0;
  for (std::size_t row = 0; row < request.rows && !request.stopped(); ++row) {
    const std::size_t cell = row * request.columns;
    std::fill_n(request.out + cell, request.columns, 0u);
    send_points(request, sink, batch, request.xs, request.columns, request.ys[row], cell);
  }
  if (!request.stats.stopped) send_rest(sink, batch);
}

}  // namespace HWY_NAMESPACE
}  // namespace mandel
HWY_AFTER_NAMESPACE();

#endif  // MANDEL_SIMD_FRONT_INL_H_
