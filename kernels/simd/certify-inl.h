// Certified tiles: what all points of a small rectangle do, proved by iterating its centre. For
// c = c0 + d with |d| <= R, every orbit is z(c) = Z + A d + e with |e| <= r, where
//   Z' = Z^2 + c0,  A' = 2 Z A + 1,  r' = 2 |Z| r + (|A| R + r)^2 + rounding.
// Plain ball arithmetic, without A, grows too fast to prove anything; A carries the part that all
// points share. The proofs are in docs/numerics.md.
#if defined(MANDEL_SIMD_CERTIFY_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MANDEL_SIMD_CERTIFY_INL_H_
#undef MANDEL_SIMD_CERTIFY_INL_H_
#else
#define MANDEL_SIMD_CERTIFY_INL_H_
#endif

#include <array>
#include <limits>

#include "kernels/simd/closed_form-inl.h"
#include "kernels/simd/pack-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mandel {
namespace HWY_NAMESPACE {

// Covers, for |Z| and |z| up to 2 and |A| R + r up to 2, the rounding of one iteration of the
// points' orbits (1.9e-15), of Z (1.9e-15), of A times R (4e-15) and of r itself (5.4e-15).
inline constexpr double kRounding = 2e-14;

// Keeps the tests on |z| away from what their rounding could turn.
inline constexpr double kInsideRadius = 2.0 - 1e-9;
inline constexpr double kOutsideRadius = 2.0 + 1e-9;

// More is seldom worth it: a tile that is undecided by then leaves its points a long stretch of
// untested iterations.
inline constexpr std::uint32_t kTileSteps = 16384;

// What is known of a tile. kOpen: no point escapes in the first `count` iterations. kOutside: all
// points have `count`. kInside: none ever escapes.
struct Verdict {
  enum Kind : std::uint8_t { kOpen, kOutside, kInside } kind;
  std::uint32_t count;
};

HWY_INLINE V length(V x, V y) { return hn::Sqrt(hn::Add(hn::Mul(x, x), hn::Mul(y, y))); }

// One tile a lane. The second form, of radius q around the same Z + A d, is wider on purpose: it
// was started from a saved one, and once it lies inside that one all points return to where they
// were, for ever. The narrow form (r) goes on undisturbed and decides about escapes.
struct TileOrbits {
  V cx, cy, radius;                      // the centre, and R
  V zx, zy, norm, ax, ay, spread, r, q;  // norm is |Z|, spread is |A| R
  V saved_zx, saved_zy, saved_ax, saved_ay, saved_q;
  V nearest;  // how near Z + A d came to the saved one since

  // Written out, since the compiler's own would be made without this target's instructions (ARM).
  HWY_INLINE TileOrbits() {}

  HWY_INLINE void advance() {
    const D d;
    const V twice = hn::Add(norm, norm);
    r = grow(twice, r);
    q = grow(twice, q);
    const V re = hn::Sub(hn::Mul(zx, ax), hn::Mul(zy, ay));
    const V im = hn::Add(hn::Mul(zx, ay), hn::Mul(zy, ax));
    ax = hn::Add(hn::Add(re, re), hn::Set(d, 1.0));
    ay = hn::Add(im, im);
    step<false>(zx, zy, cx, cy);
    norm = length(zx, zy);
    spread = hn::Mul(length(ax, ay), radius);
  }

  // The bound r' of the file's head.
  HWY_INLINE V grow(V twice_norm, V bound) const {
    const V reach = hn::Add(spread, bound);
    return hn::Add(hn::Add(hn::Mul(twice_norm, bound), hn::Mul(reach, reach)),
                   hn::Set(D(), kRounding));
  }

  // Whether the wide form lies in the saved one. Sums of absolute values bound the lengths.
  HWY_INLINE auto returned() {
    const D d;
    const V dz = hn::Add(hn::Abs(hn::Sub(zx, saved_zx)), hn::Abs(hn::Sub(zy, saved_zy)));
    const V da = hn::Add(hn::Abs(hn::Sub(ax, saved_ax)), hn::Abs(hn::Sub(ay, saved_ay)));
    const V distance = hn::Add(dz, hn::Mul(da, radius));
    nearest = hn::Min(nearest, distance);
    // A wide form that has reached past 2 proves nothing any more.
    const auto within = hn::Lt(hn::Add(norm, hn::Add(spread, q)), hn::Set(d, kInsideRadius));
    q = hn::IfThenElse(within, q, hn::Set(d, std::numeric_limits<double>::infinity()));
    return hn::Lt(hn::Add(distance, q), hn::Mul(saved_q, hn::Set(d, 1.0 - 1e-9)));
  }

  std::array<V*, 17> fields() {
    return {&cx, &cy, &radius,   &zx,       &zy,       &norm,     &ax,      &ay,     &spread,
            &r,  &q,  &saved_zx, &saved_zy, &saved_ax, &saved_ay, &saved_q, &nearest};
  }

  // Starts a new wide form, wide enough to be returned to at the pace seen so far.
  HWY_INLINE void save() {
    q = hn::Add(hn::Add(r, r), hn::Add(nearest, nearest));
    saved_zx = zx, saved_zy = zy, saved_ax = ax, saved_ay = ay, saved_q = q;
    nearest = hn::Set(D(), 4.0);
  }
};

// A set of tiles by the smallest and largest coordinates of their points, to be looked at together.
// Undecided ones are packed again and again, so that a few long ones don't hold up the vectors.
class Certifier {
 public:
  static constexpr std::size_t kCapacity = 64;

  void clear() { size_ = 0; }

  void add(double x_min, double x_max, double y_min, double y_max) {
    bounds_[0][size_] = x_min;
    bounds_[1][size_] = x_max;
    bounds_[2][size_] = y_min;
    bounds_[3][size_] = y_max;
    id_[size_] = size_;
    ++size_;
  }

  // Finds out what it can; verdict[i] is that of the i-th tile added.
  void run(std::uint32_t max_iter, Verdict* verdict) {
    start(verdict);
    const std::uint32_t limit = std::min(max_iter, kTileSteps);
    std::uint32_t save_at = 8;
    std::uint32_t n = 0;
    for (std::uint32_t steps = 16; size_ != 0 && n < limit; steps *= 2) {
      const std::uint32_t until = std::min(limit, n + steps);
      std::size_t left = 0;
      for (std::size_t k = 0; k < size_; k += kLanes) {
        TileOrbits t = load(k);
        const std::uint64_t open = advance(t, present(k), n, until, save_at, id_ + k, verdict);
        store(t, k, open, left);
        left += hwy::PopCount(open);
      }
      while (save_at < until) save_at = next_save(save_at);
      size_ = left;
      n = until;
    }
    for (std::size_t i = 0; i < size_; ++i)
      verdict[id_[i]] = {limit == max_iter ? Verdict::kInside : Verdict::kOpen, limit};
  }

 private:
  static constexpr std::size_t kFields = std::tuple_size_v<decltype(TileOrbits().fields())>;

  static constexpr std::uint32_t next_save(std::uint32_t n) { return n + n / 2; }

  // The lanes of the vector at k that hold a tile.
  std::uint64_t present(std::size_t k) const {
    return (std::uint64_t{1} << std::min(kLanes, size_ - k)) - 1;
  }

  TileOrbits load(std::size_t k) const {
    TileOrbits t;
    for (std::size_t i = 0; V * field : t.fields()) *field = hn::Load(D(), fields_[i++] + k);
    return t;
  }

  // Puts the chosen lanes of the vector that was at `from` to `to`, which is not after it.
  void store(TileOrbits& t, std::size_t from, std::uint64_t chosen, std::size_t to) {
    for (std::size_t i = 0; V * field : t.fields()) pack(*field, chosen, fields_[i++] + to);
    pack(hn::Load(U(), id_ + from), chosen, id_ + to);
  }

  // Makes the forms of iteration 0, of all tiles that the closed forms don't settle.
  void start(Verdict* verdict) {
    const D d;
    const V half = hn::Set(d, 0.5);
    std::size_t left = 0;
    for (std::size_t k = 0; k < size_; k += kLanes) {
      const V x_min = hn::Load(d, bounds_[0] + k), x_max = hn::Load(d, bounds_[1] + k);
      const V y_min = hn::Load(d, bounds_[2] + k), y_max = hn::Load(d, bounds_[3] + k);
      TileOrbits t;
      t.cx = hn::Mul(hn::Add(x_min, x_max), half);
      t.cy = hn::Mul(hn::Add(y_min, y_max), half);
      const V half_x = hn::Max(hn::Sub(x_max, t.cx), hn::Sub(t.cx, x_min));
      const V half_y = hn::Max(hn::Sub(y_max, t.cy), hn::Sub(t.cy, y_min));
      // Rounded up, and never 0 by underflow.
      t.radius =
          hn::Add(hn::Mul(length(half_x, half_y), hn::Set(d, 1.0 + 1e-12)), hn::Set(d, 1e-150));
      t.zx = t.zy = t.norm = t.ax = t.ay = t.spread = t.r = hn::Zero(d);
      t.q = hn::Set(d, std::numeric_limits<double>::infinity());
      t.nearest = hn::Set(d, 4.0);
      t.saved_zx = t.saved_zy = t.saved_ax = t.saved_ay = t.saved_q = hn::Zero(d);
      const std::uint64_t inside = mask_bits(inside_closed_form(t.cx, t.cy, half_x, half_y));
      const std::uint64_t open = present(k) & ~inside;
      settle(present(k) & inside, {Verdict::kInside, 0}, id_ + k, verdict);
      store(t, k, open, left);
      left += hwy::PopCount(open);
    }
    size_ = left;
  }

  // Moves one vector of tiles from iteration n to `until`; returns those still undecided.
  static HWY_INLINE std::uint64_t advance(TileOrbits& tiles, std::uint64_t open, std::uint32_t n,
                                          std::uint32_t until, std::uint32_t save_at,
                                          const std::uint64_t* id, Verdict* verdict) {
    const D d;
    TileOrbits t = tiles;
    for (; n < until; ++n) {
      t.advance();
      const V reach = hn::Add(t.spread, t.r);
      const std::uint64_t inside =
          mask_bits(hn::Lt(hn::Add(t.norm, reach), hn::Set(d, kInsideRadius)));
      const std::uint64_t returned = mask_bits(t.returned());
      if (HWY_UNLIKELY((open & (~inside | returned)) != 0)) {
        const std::uint64_t outside =
            mask_bits(hn::Gt(hn::Sub(t.norm, reach), hn::Set(d, kOutsideRadius)));
        settle(open & inside & returned, {Verdict::kInside, 0}, id, verdict);
        settle(open & outside, {Verdict::kOutside, n}, id, verdict);
        settle(open & ~inside & ~outside, {Verdict::kOpen, n}, id, verdict);
        open &= inside & ~returned;
        if (open == 0) return 0;
      }
      if (n == save_at) {
        t.save();
        save_at = next_save(save_at);
      }
    }
    tiles = t;
    return open;
  }

  static HWY_INLINE void settle(std::uint64_t tiles, Verdict what, const std::uint64_t* id,
                                Verdict* verdict) {
    for (; tiles != 0; tiles &= tiles - 1)
      verdict[id[hwy::Num0BitsBelowLS1Bit_Nonzero64(tiles)]] = what;
  }

  HWY_ALIGN_MAX double bounds_[4][kCapacity];
  HWY_ALIGN_MAX double fields_[kFields][kCapacity + kLanes];
  HWY_ALIGN_MAX std::uint64_t id_[kCapacity + kLanes];
  std::size_t size_;
};

}  // namespace HWY_NAMESPACE
}  // namespace mandel
HWY_AFTER_NAMESPACE();

#endif  // MANDEL_SIMD_CERTIFY_INL_H_
