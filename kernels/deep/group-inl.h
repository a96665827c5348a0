// Rung::step() for a group of lanes, with the same constants: what holds of a step holds of each
// lane (docs/deep.md). A lane that is done takes the next pixel, as in kernels/simd/refill-inl.h.
// A header, since the benchmark compiles the loop once more, without the bound, to say what that
// costs.
#if defined(MANDEL_DEEP_GROUP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MANDEL_DEEP_GROUP_INL_H_
#undef MANDEL_DEEP_GROUP_INL_H_
#else
#define MANDEL_DEEP_GROUP_INL_H_
#endif

#include <hwy/highway.h>

#include "kernels/deep/pixel.h"

HWY_BEFORE_NAMESPACE();
namespace mandel {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<double, 8>;
using I = hn::RebindToSigned<D>;
using V = hn::Vec<D>;
using VI = hn::Vec<I>;
using Mask = hn::Mask<D>;

constexpr std::size_t kLanes = hn::MaxLanes(D());
constexpr double kDiagonal = 0.41421356237309515;  // above sqrt(2) - 1

HWY_INLINE V set(double value) { return hn::Set(D(), value); }

// The arithmetic of pair.h on vectors.
struct VPair {
  V hi, lo;
};

#if HWY_NATIVE_FMA  // without, pairs are not computed here
HWY_INLINE VPair exact_sum(V a, V b) {
  const V sum = hn::Add(a, b);
  const V of_b = hn::Sub(sum, a);
  return {sum, hn::Add(hn::Sub(a, hn::Sub(sum, of_b)), hn::Sub(b, of_b))};
}
HWY_INLINE VPair exact_sum_of_ordered(V a, V b) {
  const V sum = hn::Add(a, b);
  return {sum, hn::Sub(b, hn::Sub(sum, a))};
}
HWY_INLINE VPair add(VPair a, VPair b) {
  const VPair high = exact_sum(a.hi, b.hi);
  const VPair low = exact_sum(a.lo, b.lo);
  const VPair sum = exact_sum_of_ordered(high.hi, hn::Add(high.lo, low.hi));
  return exact_sum_of_ordered(sum.hi, hn::Add(low.lo, sum.lo));
}
HWY_INLINE VPair negative(VPair a) { return {hn::Neg(a.hi), hn::Neg(a.lo)}; }
HWY_INLINE VPair multiply(VPair a, VPair b) {
  const V product = hn::Mul(a.hi, b.hi);
  const V rest = hn::MulSub(a.hi, b.hi, product);  // fused: exact
  const V cross = hn::Add(hn::Mul(a.hi, b.lo), hn::Mul(a.lo, b.hi));
  return exact_sum_of_ordered(product, hn::Add(rest, cross));
}
HWY_INLINE V rough_of(VPair a) { return a.hi; }
HWY_INLINE VPair twice(VPair a) { return {hn::Add(a.hi, a.hi), hn::Add(a.lo, a.lo)}; }
#endif

HWY_INLINE V add(V a, V b) { return hn::Add(a, b); }
HWY_INLINE V rough_of(V a) { return a; }
HWY_INLINE V twice(V a) { return hn::Add(a, a); }

template <class N>
struct VComplex {
  N x, y;
};
template <class N>
HWY_INLINE VComplex<N> add(VComplex<N> a, VComplex<N> b) {
  return {add(a.x, b.x), add(a.y, b.y)};
}
template <class N>
HWY_INLINE VComplex<N> twice(VComplex<N> a) {
  return {twice(a.x), twice(a.y)};
}
// Of leading parts alone. Where |a + b| >= |b|, it is within 1 +- 2^-50 of the sum.
template <class N>
HWY_INLINE VComplex<V> rough_sum(VComplex<N> a, VComplex<N> b) {
  return {hn::Add(rough_of(a.x), rough_of(b.x)), hn::Add(rough_of(a.y), rough_of(b.y))};
}
#if HWY_NATIVE_FMA
HWY_INLINE VComplex<VPair> multiply(VComplex<VPair> a, VComplex<VPair> b) {
  return {add(multiply(a.x, b.x), negative(multiply(a.y, b.y))),
          add(multiply(a.x, b.y), multiply(a.y, b.x))};
}
#endif
// May be fused: a rounding less.
HWY_INLINE VComplex<V> multiply(VComplex<V> a, VComplex<V> b) {
  return {hn::MulSub(a.x, b.x, hn::Mul(a.y, b.y)), hn::MulAdd(a.x, b.y, hn::Mul(a.y, b.x))};
}
template <class N>
HWY_INLINE V rough_square(VComplex<N> z) {
  const V x = rough_of(z.x), y = rough_of(z.y);
  return hn::MulAdd(x, x, hn::Mul(y, y));
}
template <class N>
HWY_INLINE V size_up(VComplex<N> z) {
  const V x = hn::Abs(rough_of(z.x)), y = hn::Abs(rough_of(z.y));
  return hn::MulAdd(hn::Min(x, y), set(kDiagonal), hn::Max(x, y));
}

// A lane's numbers in memory: each of a pair's doubles in an array of its own.
template <typename R, std::size_t kWidth>
struct Column;
template <std::size_t kWidth>
struct Column<double, kWidth> {
  using Vector = V;
  static constexpr int kDoubles = 1;
  HWY_ALIGN_MAX double hi[kWidth];
  double get(std::size_t lane) const { return hi[lane]; }
  void set(std::size_t lane, double value) { hi[lane] = value; }
  HWY_INLINE V load(std::size_t k) const { return hn::Load(D(), hi + k); }
  HWY_INLINE void store(V value, std::size_t k) { hn::Store(value, D(), hi + k); }
  // Part `part` of complex number m: of doubles that lie x, y, x, y ...
  static HWY_INLINE V gather(const Complex<double>* from, VI m, int part) {
    return hn::GatherIndex(D(), &from->x + part, hn::ShiftLeft<1>(m));
  }
};
template <std::size_t kWidth>
struct Column<Pair, kWidth> {
  using Vector = VPair;
  HWY_ALIGN_MAX double hi[kWidth];
  HWY_ALIGN_MAX double lo[kWidth];
  Pair get(std::size_t lane) const { return {hi[lane], lo[lane]}; }
  void set(std::size_t lane, Pair value) {
    hi[lane] = value.hi;
    lo[lane] = value.lo;
  }
  HWY_INLINE VPair load(std::size_t k) const {
    return {hn::Load(D(), hi + k), hn::Load(D(), lo + k)};
  }
  HWY_INLINE void store(VPair value, std::size_t k) {
    hn::Store(value.hi, D(), hi + k);
    hn::Store(value.lo, D(), lo + k);
  }
  static HWY_INLINE VPair gather(const Complex<Pair>* from, VI m, int part) {
    const VI at = hn::ShiftLeft<2>(m);
    const double* base = &from->x.hi + 2 * part;
    return {hn::GatherIndex(D(), base, at), hn::GatherIndex(D(), base + 1, at)};
  }
};

template <typename R, std::size_t kVectors, bool kIsProved = true>
class Group {
 public:
  Group(const Rung<R, double, kIsProved>& rung, std::span<Pixel<R>> pixels, std::uint32_t max_iter,
        const StopPoll& stop)
      : rung_(rung), pixels_(pixels), max_iter_(max_iter), stop_(stop) {}

  // False if it was stopped.
  bool run() {
    for (std::size_t lane = 0; lane < kWidth; ++lane) refill(lane);
    for (unsigned block = 1; busy_ != 0 && !is_stopped_; ++block) {
      if (block % kBlocksBetweenPolls == 0 && stop_.stop_requested()) return false;
      const std::uint64_t special = steps();
      for (std::uint64_t left = special & busy_; left != 0; left &= left - 1)
        attend(hwy::Num0BitsBelowLS1Bit_Nonzero64(left));
      if (clock_ >= look_) look_for_jumps();
    }
    return !is_stopped_;
  }

 private:
  using Numbers = Column<R, kVectors * kLanes>;
  using N = typename Numbers::Vector;
  static constexpr std::size_t kWidth = kVectors * kLanes;
  static constexpr unsigned kBlocksBetweenPolls = 1 << 10;  // each a step at least
  static constexpr std::int64_t kStepsAtOnce = kOrbitPadding;
  static constexpr std::int64_t kStepsBetweenLooks = 17;  // odd: m is 1 mod 4 in turn

  // Steps of all lanes until one needs more than that, or for a while. Returns those lanes.
  HWY_INLINE std::uint64_t steps() {
    std::int64_t until = std::min(clock_ + kStepsAtOnce, look_);
    for (std::size_t lane = 0; lane < kWidth; ++lane) {
      until = std::min(until, due_[lane]);
      if ((busy_ >> lane & 1) == 0) m_base_[lane] = -clock_;
    }
    std::uint64_t special = 0;
    while (special == 0 && clock_ < until) {
      ++clock_;
#pragma GCC unroll 4
      for (std::size_t v = 0; v < kVectors; ++v) special |= step(v * kLanes) << (v * kLanes);
      special &= busy_;
    }
    for (std::size_t lane = 0; lane < kWidth; ++lane)
      if (due_[lane] <= clock_) special |= std::uint64_t{1} << lane;
    return special;
  }

  // Of one vector; returns a bit for each lane that may be outside, undecided, or due for a rebase.
  HWY_INLINE std::uint64_t step(std::size_t k) {
    constexpr double u = kUnit<R>;
    const VComplex<N> y{y_x_.load(k), y_y_.load(k)}, delta{x_.load(k), y_.load(k)};
    const V error = hn::Load(D(), error_ + k);
    const VComplex<N> next =
        add(multiply(add(twice(y), delta), delta), VComplex<N>{d_x_.load(k), d_y_.load(k)});
    V next_error = error;
    if constexpr (kIsProved) {
      const V size = size_up(delta);
      const V z_size = hn::Sqrt(hn::Add(hn::Load(D(), z_square_ + k), set(0x1p-1000)));
      const V factor = hn::MulAdd(z_size, set(2 * kUp), hn::Mul(error, set(kUp)));
      const V rounding =
          hn::MulAdd(size_up(next), set(6.6 * u),
                     hn::MulAdd(hn::Mul(size, size), set(1.3 * u), hn::Load(D(), d_error_ + k)));
      next_error = hn::MulAdd(factor, error, rounding);
    }
    if (watches_small_) {
      before_x_.store(delta.x, k);
      before_y_.store(delta.y, k);
      hn::Store(error, D(), before_error_ + k);
    }
    x_.store(next.x, k);
    y_.store(next.y, k);
    hn::Store(next_error, D(), error_ + k);
    const VI m = hn::Add(hn::Load(I(), m_base_ + k), hn::Set(I(), clock_));
    const VComplex<N> next_y{Numbers::gather(rung_.orbit(), m, 0),
                             Numbers::gather(rung_.orbit(), m, 1)};
    y_x_.store(next_y.x, k);
    y_y_.store(next_y.y, k);
    const V z_square = rough_square(rough_sum(next_y, next));
    hn::Store(z_square, D(), z_square_ + k);
    const V square = rough_square(next);
    // (Written so that a NaN is special.)
    Mask plain = hn::Lt(z_square, set(Rung<R, double>::kInsideSquare));
    if constexpr (kIsProved)
      plain = hn::And(plain, hn::Lt(next_error, set(Rung<R, double>::kErrorMax)));
    plain = hn::And(plain, hn::Ge(z_square, square));
    if (watches_small_) plain = hn::And(plain, hn::Gt(square, set(kSmallSquare)));
    std::uint8_t bits[8] = {};
    hn::StoreMaskBits(D(), hn::Not(plain), bits);
    return bits[0];
  }

  Spot<R, double> spot(std::size_t lane) const {
    return {static_cast<std::uint32_t>(n_base_[lane] + clock_),
            static_cast<std::uint32_t>(m_base_[lane] + clock_),
            {x_.get(lane), y_.get(lane)},
            error_[lane]};
  }

  // After a step that was more than that.
  void attend(std::size_t lane) {
    Spot<R, double> now = spot(lane), before = now;
    if (watches_small_) {
      before = {
          now.n - 1, now.m - 1, {before_x_.get(lane), before_y_.get(lane)}, before_error_[lane]};
    }
    std::optional<RungEnd> end = rung_.settle(now, before);
    // (The step is not done then: the next rung counts it.)
    const std::int64_t undone = end == RungEnd::kTooSmall ? 1 : 0;
    Pixel<R>& pixel = *pixel_[lane];
    pixel.work += static_cast<std::uint64_t>(clock_ - since_[lane] - undone);
    if (!end) end = rung_.jump_on(now, pixel.d, max_iter_, pixel.work);
    place(lane, now, end);
  }

  // All lanes that could jump, do.
  void look_for_jumps() {
    look_ = clock_ + kStepsBetweenLooks;
    for (std::uint64_t left = busy_; left != 0; left &= left - 1) {
      const std::size_t lane = hwy::Num0BitsBelowLS1Bit_Nonzero64(left);
      if ((m_base_[lane] + clock_) % 4 != 1) continue;
      Spot<R, double> now = spot(lane);
      if (!rung_.may_jump(now)) continue;
      Pixel<R>& pixel = *pixel_[lane];
      pixel.work += static_cast<std::uint64_t>(clock_ - since_[lane]);
      const std::optional<RungEnd> end = rung_.jump_on(now, pixel.d, max_iter_, pixel.work);
      place(lane, now, end);
    }
  }

  // Puts the lane's pixel where it is now, or away if it is done.
  void place(std::size_t lane, const Spot<R, double>& now, std::optional<RungEnd> end) {
    if (end) {
      pixel_[lane]->spot = now;
      pixel_[lane]->end = *end;
      return refill(lane);
    }
    n_base_[lane] = now.n - clock_;
    m_base_[lane] = now.m - clock_;
    since_[lane] = clock_;
    due_[lane] = clock_ + std::min(max_iter_ - now.n, rung_.last() - now.m);
    x_.set(lane, now.delta.x);
    y_.set(lane, now.delta.y);
    error_[lane] = now.error;
    const Complex<R> y = rung_.orbit()[now.m];
    y_x_.set(lane, y.x);
    y_y_.set(lane, y.y);
    z_square_[lane] = mandel::rough_square(y + now.delta);
  }

  // Gives the lane the next pixel that is not done by jumps alone.
  void refill(std::size_t lane) {
    while (taken_ < pixels_.size() && !is_stopped_) {
      is_stopped_ = taken_ % kPixelsBetweenPolls == 0 && stop_.stop_requested();
      Pixel<R>& pixel = pixels_[taken_++];
      Spot<R, double> now = pixel.spot;
      const std::optional<RungEnd> end = rung_.jump_on(now, pixel.d, max_iter_, pixel.work);
      if (end) {
        pixel.spot = now;
        pixel.end = *end;
        continue;
      }
      pixel_[lane] = &pixel;
      busy_ |= std::uint64_t{1} << lane;
      d_x_.set(lane, pixel.d.x);
      d_y_.set(lane, pixel.d.y);
      d_error_[lane] = rung_.d_error(pixel.d);
      return place(lane, now, std::nullopt);
    }
    rest(lane);
  }

  // A lane without a pixel stays at 0 and walks along the orbit's start.
  void rest(std::size_t lane) {
    busy_ &= ~(std::uint64_t{1} << lane);
    d_x_.set(lane, R(0.0));
    d_y_.set(lane, R(0.0));
    x_.set(lane, R(0.0));
    y_.set(lane, R(0.0));
    y_x_.set(lane, R(0.0));
    y_y_.set(lane, R(0.0));
    error_[lane] = d_error_[lane] = z_square_[lane] = 0;
    due_[lane] = INT64_MAX;
  }

  static constexpr double kUp = 1 + 0x1p-47;
  static constexpr double kSmallSquare = Rung<R, double>::kSmall * Rung<R, double>::kSmall;

  const Rung<R, double, kIsProved>& rung_;
  const std::span<Pixel<R>> pixels_;
  const std::uint32_t max_iter_;
  const StopPoll& stop_;
  bool is_stopped_ = false;
  const bool watches_small_ = rung_.watches_small();
  std::size_t taken_ = 0;
  std::uint64_t busy_ = 0;
  std::int64_t clock_ = 0;  // steps of the group
  std::int64_t look_ = kStepsBetweenLooks;

  Numbers x_, y_;      // delta
  Numbers y_x_, y_y_;  // Z(m)
  Numbers d_x_, d_y_;
  Numbers before_x_, before_y_;
  HWY_ALIGN_MAX double error_[kWidth], d_error_[kWidth], z_square_[kWidth], before_error_[kWidth];
  HWY_ALIGN_MAX std::int64_t m_base_[kWidth];  // m less the clock
  std::int64_t n_base_[kWidth];
  std::int64_t due_[kWidth];    // the clock's value at the orbit's end or max_iter
  std::int64_t since_[kWidth];  // the clock's value when the lane was placed
  Pixel<R>* pixel_[kWidth];
};

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace mandel
HWY_AFTER_NAMESPACE();

#endif
