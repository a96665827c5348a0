// The refill engine: a group of orbits that never runs empty. After each block of untested
// iterations the orbits that are done (escaped, at max_iter, or periodic) give their lane to a
// waiting one. Without that a group runs as long as its slowest orbit. A long block is looked at
// seldom; z is kept at the ends of its parts, so that only one part is replayed of an escape.
#if defined(MANDEL_SIMD_REFILL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MANDEL_SIMD_REFILL_INL_H_
#undef MANDEL_SIMD_REFILL_INL_H_
#else
#define MANDEL_SIMD_REFILL_INL_H_
#endif

#include <limits>

#include "kernels/simd/front-inl.h"
#include "kernels/simd/replay-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mandel {
namespace HWY_NAMESPACE {

// kFindPeriods: an orbit that comes back to a saved z exactly is periodic, hence never escapes
// (Brent's method, looking only at the ends of blocks).
template <bool kFindPeriods, std::size_t kFusedOf>
class RefillEngine {
 public:
  void start(const Request& request) {
    replay_.start();
    waiting_ = 0;
    busy_ = 0;
    clock_ = 0;
    now_ = 0;
    calm_ = false;
    const std::uint32_t blocks = request.max_iter / (8 * kBlock);
    save_every_ = std::clamp<std::uint32_t>(blocks, 4, 64);
    blocks_to_save_ = save_every_;
  }

  // Takes the first `count` points of a full batch: brings them over the iterations that need no
  // test, sorts out quick escapes, and hands on the others. After a batch with no quick escape the
  // next one's steps are tested at their end only, in the hope that it is the same.
  void take(Request& request, const Batch& batch, std::size_t count) {
    if (request.stats.stopped) return;  // the queue is not emptied any more
    HWY_ALIGN_MAX double x[kWidth], y[kWidth];
    fill_group(x, 0.0);
    fill_group(y, 0.0);
    iterate<kFusedOf>(batch.cx, batch.cy, x, y, x, y, batch.untested);
    const std::uint32_t steps = std::min(kQuickSteps, request.max_iter - batch.untested);
    if (!calm_ || !stay_calm(request, batch, x, y, count, steps)) {
      iterate_quick(request, batch, x, y, count, steps);
    }
    if (waiting_ > kCapacity - kWidth) run(request, 0);
  }

  // Works until nothing is left.
  void finish(Request& request) {
    run(request, 0);
    while (busy_ != 0 && !request.stats.stopped) run_block(request);
    if (!request.stats.stopped) replay_.finish(request, kPart);
  }

 private:
  static constexpr std::uint32_t kPart = 12;
  static constexpr std::uint32_t kParts = kFindPeriods ? 2 : 3;
  static constexpr std::uint32_t kBlock = kParts * kPart;
  static constexpr std::uint32_t kMarks = kParts + 1;  // a block's start, and each part's end
  static constexpr std::uint32_t kQuickSteps = 16;
  static constexpr std::size_t kCapacity = 4 * kWidth;
  static constexpr std::uint32_t kPollMask = 0xff;

  // The first steps of a batch, without a test until their end. If somebody escaped in them, it is
  // all in vain: returns false, with z as it was.
  HWY_INLINE bool stay_calm(Request& request, const Batch& batch, const double* x, const double* y,
                            std::size_t count, std::uint32_t steps) {
    const OrbitSet present = first_orbits(count);
    HWY_ALIGN_MAX double later_x[kWidth], later_y[kWidth];
    iterate<kFusedOf>(batch.cx, batch.cy, x, y, later_x, later_y, steps);
    calm_ = (present & ~inside_set(later_x, later_y)) == 0;
    if (calm_) hand_on(request, batch, later_x, later_y, present, steps);
    return calm_;
  }

  // The first steps of a batch, with a test after each.
  HWY_INLINE void iterate_quick(Request& request, const Batch& batch, double* x, double* y,
                                std::size_t count, std::uint32_t steps) {
    const OrbitSet present = first_orbits(count);
    HWY_ALIGN_MAX std::uint64_t counts[kWidth];
    iterate_group_tested(batch.cx, batch.cy, x, y, counts, steps);
    const U du;
    const VU before = hn::Set(du, std::uint64_t{batch.untested});
    OrbitSet inside = 0;
#pragma GCC unroll 8
    for (std::size_t k = 0; k < kWidth; k += kLanes) {
      const VU passed = hn::Load(du, counts + k);
      const auto all = hn::Eq(passed, hn::Set(du, std::uint64_t{steps}));
      inside |= mask_bits(hn::RebindMask(D(), all)) << k;
      hn::Store(hn::IfThenZeroElse(all, hn::Add(passed, before)), du, counts + k);
    }
    inside &= present;
    calm_ = inside == present;
    std::uint64_t executed = hwy::PopCount(present & ~inside);
    for (std::size_t i = 0; i < count; ++i) {
      request.out[batch.cell[i]] = static_cast<std::uint32_t>(counts[i]);
      executed += counts[i];
    }
    request.stats.executed += executed;
    hand_on(request, batch, x, y, inside, steps);
  }

  // Queues orbits that are still inside after the first steps. (Their counts are zero already.)
  HWY_INLINE void hand_on(Request& request, const Batch& batch, const double* x, const double* y,
                          OrbitSet open, std::uint32_t steps) {
    const D d;
    const U du;
    const std::uint32_t done = batch.untested + steps;
    if (done == request.max_iter) {
      request.stats.executed += hwy::PopCount(open) * std::uint64_t{done};
      return;
    }
    for (std::size_t k = 0; k < kWidth; k += kLanes) {
      const std::uint64_t bits = open >> k & ((std::uint64_t{1} << kLanes) - 1);
      if (bits == 0) continue;
      pack(hn::Load(d, x + k), bits, wait_x_ + waiting_);
      pack(hn::Load(d, y + k), bits, wait_y_ + waiting_);
      pack(hn::Load(d, batch.cx + k), bits, wait_cx_ + waiting_);
      pack(hn::Load(d, batch.cy + k), bits, wait_cy_ + waiting_);
      pack(hn::Load(du, batch.cell + k), bits, wait_cell_ + waiting_);
      hn::StoreU(hn::Set(du, std::uint64_t{done}), du, wait_done_ + waiting_);
      waiting_ += hwy::PopCount(bits);
    }
  }

  // Runs blocks until at most `left` orbits wait.
  void run(Request& request, std::size_t left) {
    reload(request);
    while (waiting_ > left && !request.stats.stopped) run_block(request);
  }

  // Gives each free lane to a waiting orbit.
  HWY_INLINE void reload(const Request& request) {
    OrbitSet free = ~busy_ & kAllOrbits;
    for (; free != 0 && waiting_ != 0; free &= free - 1) {
      const std::size_t lane = hwy::Num0BitsBelowLS1Bit_Nonzero64(free);
      --waiting_;
      x_[now_][lane] = wait_x_[waiting_];
      y_[now_][lane] = wait_y_[waiting_];
      cx_[lane] = wait_cx_[waiting_];
      cy_[lane] = wait_cy_[waiting_];
      cell_[lane] = wait_cell_[waiting_];
      due_[lane] = clock_ + request.max_iter - static_cast<std::int64_t>(wait_done_[waiting_]);
      if (kFindPeriods) saved_x_[lane] = std::numeric_limits<double>::quiet_NaN();
      busy_ |= OrbitSet{1} << lane;
    }
  }

  HWY_INLINE void run_block(Request& request) {
    const unsigned start = now_;
    GroupZ z = load_group(x_[now_], y_[now_]);
    for (unsigned part = 0; part < kParts; ++part) {
      iterate<kFusedOf>(z, cx_, cy_, kPart);
      now_ = mark_after(now_);
      store_group(z, x_[now_], y_[now_]);
    }
    clock_ += kBlock;
    OrbitSet inside = 0, at_end = 0;
    look(inside, at_end);
    const OrbitSet escaped = busy_ & ~inside;
    const OrbitSet done = escaped | (busy_ & at_end);
    if (done != 0) {
      send_to_replay(request, escaped, start);
      retire(request, done & ~escaped);
      busy_ &= ~done;
      reload(request);
    }
    if (kFindPeriods && --blocks_to_save_ == 0) save();
    if (HWY_UNLIKELY((clock_ / kBlock & kPollMask) == 0)) request.stopped();
  }

  static constexpr unsigned mark_after(unsigned mark) { return (mark + 1) % kMarks; }

  // After a block: which orbits are still inside, and which of these need no more iterations.
  HWY_INLINE void look(OrbitSet& inside, OrbitSet& at_end) const {
    const D d;
    const I di;
    const auto next = hn::Set(di, clock_ + 1);
#pragma GCC unroll 8
    for (std::size_t v = 0; v < kVectors; ++v) {
      const std::size_t k = v * kLanes;
      const V x = hn::Load(d, x_[now_] + k);
      const V y = hn::Load(d, y_[now_] + k);
      auto end = hn::RebindMask(d, hn::Lt(hn::Load(di, due_ + k), next));
      if (kFindPeriods) {
        end = hn::Or(end, hn::And(hn::Eq(x, hn::Load(d, saved_x_ + k)),
                                  hn::Eq(y, hn::Load(d, saved_y_ + k))));
      }
      inside |= mask_bits(is_inside(x, y)) << k;
      at_end |= mask_bits(end) << k;
    }
  }

  // Each orbit that escaped goes back to the last mark at which it was inside.
  HWY_INLINE void send_to_replay(Request& request, OrbitSet escaped, unsigned start) {
    unsigned mark = start;
    for (std::int64_t at_mark = clock_ - kBlock; escaped != 0; at_mark += kPart) {
      const unsigned next = mark_after(mark);
      OrbitSet here = escaped;
      if (next != now_) here &= ~inside_set(x_[next], y_[next]);
      escaped &= ~here;
      for (; here != 0; here &= here - 1) {
        const std::size_t lane = hwy::Num0BitsBelowLS1Bit_Nonzero64(here);
        replay_.add(request, x_[mark][lane], y_[mark][lane], cx_[lane], cy_[lane],
                    request.max_iter - (due_[lane] - at_mark), cell_[lane], kPart);
      }
      mark = next;
    }
  }

  // Orbits that are inside and need no more iterations. (Their counts are zero already.)
  HWY_INLINE void retire(Request& request, OrbitSet at_end) {
    for (; at_end != 0; at_end &= at_end - 1) {
      const std::size_t lane = hwy::Num0BitsBelowLS1Bit_Nonzero64(at_end);
      const std::int64_t left = std::max<std::int64_t>(due_[lane] - clock_, 0);
      request.stats.executed += request.max_iter - left;
      request.stats.skipped += left;
    }
  }

  HWY_INLINE void save() {
    copy_group(x_[now_], saved_x_);
    copy_group(y_[now_], saved_y_);
    blocks_to_save_ = save_every_;
  }

  // The group. z is kept at a block's start and the ends of its parts, in a ring of marks: one
  // block's last mark is the next one's first.
  HWY_ALIGN_MAX double x_[kMarks][kWidth], y_[kMarks][kWidth];
  HWY_ALIGN_MAX double cx_[kWidth], cy_[kWidth];
  HWY_ALIGN_MAX double saved_x_[kWidth], saved_y_[kWidth];
  HWY_ALIGN_MAX std::int64_t due_[kWidth];  // the clock's value when max_iter is reached
  std::uint64_t cell_[kWidth];
  OrbitSet busy_;
  std::int64_t clock_;  // iterations since start()
  unsigned now_;        // the mark that z is at
  bool calm_;           // nobody escaped in the last batch's first steps
  std::uint32_t save_every_, blocks_to_save_;

  // The queue, a stack really: the orbit that comes last goes first.
  HWY_ALIGN_MAX double wait_x_[kCapacity + kLanes], wait_y_[kCapacity + kLanes];
  HWY_ALIGN_MAX double wait_cx_[kCapacity + kLanes], wait_cy_[kCapacity + kLanes];
  HWY_ALIGN_MAX std::uint64_t wait_cell_[kCapacity + kLanes], wait_done_[kCapacity + kLanes];
  std::size_t waiting_;

  Replay replay_;
};

}  // namespace HWY_NAMESPACE
}  // namespace mandel
HWY_AFTER_NAMESPACE();

#endif  // MANDEL_SIMD_REFILL_INL_H_
