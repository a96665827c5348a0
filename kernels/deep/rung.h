// One rung of the ladder: a pixel's orbit as its difference to the reference, in one kind of
// numbers, with a proved bound of its error carried along. What the bound does not decide is left
// to the next rung. One template instead of a copy for each kind: the proof is the same, and so it
// is written once: docs/deep.md, "Along an orbit".
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "kernels/deep/jump_builder.h"
#include "kernels/deep/units.h"

namespace mandel {

// Where a pixel's orbit is: z(n) = Z(m) + delta, |delta - true delta| <= error. z(n) is proved to
// be within |z| <= 2.
template <typename R, typename B>
struct Spot {
  std::uint32_t n = 0;
  std::uint32_t m = 0;
  Complex<R> delta;
  B error{};
};

// Why a rung stopped with a pixel.
enum class RungEnd {
  kEscaped,  // at spot.n
  kInside,   // for max_iter iterations
  kUndecided,
  kTooSmall,     // delta gets too small for numbers without an exponent; the spot is before that
  kLargeEnough,  // delta needs no exponent any more
  kStopped,
};

// So many zeros follow the orbit, for vectors whose lanes are not all in use.
inline constexpr std::uint32_t kOrbitPadding = 64;

// R: the numbers of orbits. B: those of bounds. Unless it is proved, no error is carried along: for
// the benchmark alone, which says what the proof costs.
template <typename R, typename B, bool kIsProved = true>
class Rung {
 public:
  // `d_max`: at least |d| of every pixel. `tolerance`: of the jumps. Without `has_d` the pixels' d
  // count as 0, with an error of d_max: for orbits that have grown far beyond.
  Rung(const Reference& reference, B d_max, double tolerance, bool has_d, const StopPoll& stop)
      : reference_(reference), has_d_(has_d), d_max_(d_max) {
    if constexpr (std::is_same_v<R, Triple>) {
      orbit_ = reference.triples;
    } else {
      rounded_.reserve(reference.x.size() + kOrbitPadding);
      for (std::uint32_t m = 0; m < reference.x.size(); ++m)
        rounded_.push_back(reference.template at<R>(m));
      rounded_.resize(rounded_.size() + kOrbitPadding);
      orbit_ = rounded_;
    }
    JumpBuilder<R, B> builder(reference, d_max, tolerance);
    is_stopped_ = !builder.run(jumps_, stop);
  }

  // The stop poll ended the making: not to be used.
  bool is_stopped() const { return is_stopped_; }

  // From the spot on. `work` counts steps and jumps.
  RungEnd run(Spot<R, B>& spot, Complex<R> d, std::uint32_t max_iter, const StopPoll& stop,
              std::uint64_t& work) const;

  // The parts of run(), for an engine that does the steps of many pixels side by side.
  // Jumps for as long as there are jumps (or time to poll); then steps are left to do, or there is
  // an end.
  std::optional<RungEnd> jump_on(Spot<R, B>& spot, Complex<R> d, std::uint32_t max_iter,
                                 std::uint64_t& work) const;
  // What comes after a step or a jump: the test, and a rebase where it is due. `before` is where
  // the spot was.
  std::optional<RungEnd> settle(Spot<R, B>& spot, const Spot<R, B>& before) const;
  // What a pixel's d adds to its error with each step.
  B d_error(Complex<R> d) const {
    B size = size_up(d);
    if constexpr (!kIsWide<R>) size = std::max(size, kDFloor);
    return has_d_ ? size * (6.5 * kUnit<R>) : d_max_ * 1.01;
  }
  // Does an end of kTooSmall happen?
  bool watches_small() const { return !kIsWide<R> && !has_d_; }
  bool may_jump(const Spot<R, B>& spot) const {
    return jumps_.may_begin(spot.m, size_up(spot.delta) + spot.error);
  }
  const Complex<R>* orbit() const { return orbit_.data(); }
  std::uint32_t last() const { return reference_.steps(); }

  static constexpr double kInsideSquare = 3.9;  // of a z that is inside without a closer look
  static constexpr double kErrorMax = 0x1p-10;  // with which a spot can still be decided
  // |delta| where numbers without an exponent give up, if all d count as 0.
  static constexpr double kSmall = 0x1p-450;

 private:
  static constexpr double kLarge = 0x1p-400;  // |delta| from which on no exponent is needed
  static constexpr double kDFloor = 0x1p-400;
  static constexpr double kUp = 1 + 0x1p-48;
  static constexpr std::uint64_t kWorkBetweenPolls = 1 << 13;
  static constexpr unsigned kJumpsAtOnce = 1 << 10;

  void step(Spot<R, B>& spot, Complex<R> d) const;
  // One jump, or else one step.
  std::optional<RungEnd> move(Spot<R, B>& spot, Complex<R> d, std::uint32_t max_iter) const;
  void jump(Spot<R, B>& spot, Complex<R> d, const Jump<R, B>& jump, std::uint32_t steps) const;
  void rebase(Spot<R, B>& spot) const;
  // Of spot.n: surely inside (true), surely outside, or neither.
  std::optional<bool> is_inside(const Spot<R, B>& spot, B z_square) const;
  std::optional<bool> is_inside_closely(const Spot<R, B>& spot) const;

  const Reference& reference_;
  const bool has_d_;
  const B d_max_;
  std::vector<Complex<R>> rounded_;
  std::span<const Complex<R>> orbit_;
  Jumps<R, B> jumps_;
  bool is_stopped_ = false;
};

template <typename R, typename B, bool kIsProved>
RungEnd Rung<R, B, kIsProved>::run(Spot<R, B>& spot, Complex<R> d, std::uint32_t max_iter,
                                   const StopPoll& stop, std::uint64_t& work) const {
  while (spot.n < max_iter) {
    if (++work % kWorkBetweenPolls == 0 && stop.stop_requested()) return RungEnd::kStopped;
    if (const std::optional<RungEnd> end = move(spot, d, max_iter)) {
      if (end == RungEnd::kTooSmall) --work;  // it was undone
      return *end;
    }
  }
  return RungEnd::kInside;
}

template <typename R, typename B, bool kIsProved>
std::optional<RungEnd> Rung<R, B, kIsProved>::jump_on(Spot<R, B>& spot, Complex<R> d,
                                                      std::uint32_t max_iter,
                                                      std::uint64_t& work) const {
  for (unsigned k = 0; spot.n < max_iter; ++k) {
    if (k == kJumpsAtOnce) return std::nullopt;
    // From m = 0 there is no jump, and from 1 there is most often.
    if (spot.m != 0 && !may_jump(spot)) return std::nullopt;
    ++work;
    if (const std::optional<RungEnd> end = move(spot, d, max_iter)) {
      if (end == RungEnd::kTooSmall) --work;  // it was undone
      return end;
    }
  }
  return RungEnd::kInside;
}

template <typename R, typename B, bool kIsProved>
std::optional<RungEnd> Rung<R, B, kIsProved>::move(Spot<R, B>& spot, Complex<R> d,
                                                   std::uint32_t max_iter) const {
  const Spot<R, B> before = watches_small() ? spot : Spot<R, B>();
  const auto [found, steps] =
      jumps_.find(spot.m, size_up(spot.delta) + spot.error, max_iter - spot.n);
  if (found != nullptr) {
    jump(spot, d, *found, steps);
  } else {
    step(spot, d);
  }
  return settle(spot, before);
}

template <typename R, typename B, bool kIsProved>
std::optional<RungEnd> Rung<R, B, kIsProved>::settle(Spot<R, B>& spot,
                                                     const Spot<R, B>& before) const {
  const B z_square = rough_square(rough_sum(orbit_[spot.m], spot.delta));
  const std::optional<bool> inside = is_inside(spot, z_square);
  if (!inside) return RungEnd::kUndecided;
  if (!*inside) return RungEnd::kEscaped;
  if (spot.m == last() || z_square < rough_square(spot.delta)) rebase(spot);
  if constexpr (kIsScaled<R>) {
    if (size_up(spot.delta) > kLarge) return RungEnd::kLargeEnough;
  } else if (watches_small() && size_up(spot.delta) < kSmall) {
    spot = before;
    return RungEnd::kTooSmall;
  }
  return std::nullopt;
}

// delta' = (2Y + delta) delta + d.
template <typename R, typename B, bool kIsProved>
void Rung<R, B, kIsProved>::step(Spot<R, B>& spot, Complex<R> d) const {
  using std::sqrt;
  const Complex<R> y = orbit_[spot.m];
  const B size = size_up(spot.delta);
  B z_square = rough_square(rough_sum(y, spot.delta));
  if constexpr (!kIsWide<R>) z_square = z_square + 0x1p-1000;  // what may have underflowed
  spot.delta = (Complex<R>{twice(y.x), twice(y.y)} + spot.delta) * spot.delta + d;
  if constexpr (kIsProved)
    spot.error = (sqrt(z_square) * (2 * kUp) + spot.error * kUp) * spot.error +
                 (size_up(spot.delta) * 6.5 + size * size * 1.2) * kUnit<R> + d_error(d);
  ++spot.n;
  ++spot.m;
}

// delta' = A delta + B d.
template <typename R, typename B, bool kIsProved>
void Rung<R, B, kIsProved>::jump(Spot<R, B>& spot, Complex<R> d, const Jump<R, B>& jump,
                                 std::uint32_t steps) const {
  if constexpr (kIsProved) {
    const B s = (size_up(spot.delta) + spot.error + jump.g) * kUp;
    const double rounding = (jump_error<R>(steps) + 6) * kUnit<R>;
    spot.error = (jump.size * (spot.error + s * rounding) + jump.k * s * s) * kUp;
    if (!has_d_) spot.error = spot.error + jump.size * jump.g * kUp;
  }
  spot.delta = jump.a * spot.delta + jump.b * d;
  spot.n += steps;
  spot.m += steps;
}

// delta := z, against the reference's start. Exact up to the rounding of z.
template <typename R, typename B, bool kIsProved>
void Rung<R, B, kIsProved>::rebase(Spot<R, B>& spot) const {
  const Complex<R> y = orbit_[spot.m], z = y + spot.delta;
  if constexpr (kIsProved) {
    const bool is_exact = rough(y.x) == B(0.0) && rough(y.y) == B(0.0);
    if (!is_exact) {
      const B rounding = (size_up(z) * 2.2 + size_up(spot.delta) * 1.2) * kUnit<R>;
      spot.error = (spot.error + rounding) * kUp;
    }
    if (spot.m == last() && !reference_.last_error.is_zero())
      spot.error = (spot.error + bound_of<B>(reference_.last_error)) * kUp;
  }
  spot.delta = z;
  spot.m = 0;
}

template <typename R, typename B, bool kIsProved>
std::optional<bool> Rung<R, B, kIsProved>::is_inside(const Spot<R, B>& spot, B z_square) const {
  if (!(spot.error < kErrorMax)) return std::nullopt;
  if (z_square < kInsideSquare) return true;
  if (z_square > 4.1) return false;
  return is_inside_closely(spot);
}

// Where |z| is near 2: |z|^2 - 4 = (|Z|^2 - 4) + 2 Z.delta + |delta|^2, with the first term as it
// was before rounding, since delta may be far smaller than what Z in doubles can tell.
template <typename R, typename B, bool kIsProved>
std::optional<bool> Rung<R, B, kIsProved>::is_inside_closely(const Spot<R, B>& spot) const {
  constexpr double u = kUnit<R>;
  const Complex<R> y = orbit_[spot.m], delta = spot.delta;
  const NearTwo* near = reference_.find_near_two(spot.m);
  R above;
  B doubt = (spot.error + 4.2) * spot.error;
  if (near == nullptr) {
    const Complex<R> z = y + delta;
    above = z.x * z.x + z.y * z.y - R(4.0);
    doubt = doubt + 64 * u;
  } else {
    const R base = rounded<R>(near->square_minus_4), cross = y.x * delta.x + y.y * delta.y;
    above = base + (cross + cross) + (delta.x * delta.x + delta.y * delta.y);
    const B size = size_up(delta), base_size = size_up(rough(base), B(0.0));
    doubt = doubt + bound_of<B>(near->error) + (base_size * 4 + size * 24 + size * size * 6) * u;
    if constexpr (!kIsWide<R>) doubt = doubt + 0x1p-990;
  }
  if constexpr (!kIsProved) doubt = B(0.0);
  const B rough_above = rough(above);
  if (rough_above > doubt * kUp) return false;
  if (-rough_above > doubt * kUp) return true;
  return std::nullopt;
}

}  // namespace mandel
