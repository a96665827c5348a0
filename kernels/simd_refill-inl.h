// The refill engine: a group of orbits that never runs empty. After each block of untested
// iterations the orbits that are done (escaped, at max_iter, or periodic) give their lane to a
// waiting one. Without that a group runs as long as its slowest orbit.
#if defined(MANDEL_SIMD_REFILL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MANDEL_SIMD_REFILL_INL_H_
#undef MANDEL_SIMD_REFILL_INL_H_
#else
#define MANDEL_SIMD_REFILL_INL_H_
#endif

#include <limits>

#include "kernels/simd_front-inl.h"
#include "kernels/simd_replay-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mandel {
namespace HWY_NAMESPACE {

// kFindPeriods: an orbit that comes back to a saved z exactly is periodic, hence never escapes
// (Brent's method, looking only at the ends of blocks).
template <bool kFindPeriods>
class RefillEngine {
 public:
  void start(const Request& request) {
    replay_.start();
    waiting_ = 0;
    busy_ = 0;
    clock_ = 0;
    now_ = 0;
    const std::uint32_t blocks = request.max_iter / (8 * kBlock);
    save_every_ = std::clamp<std::uint32_t>(blocks, 4, 64);
    blocks_to_save_ = save_every_;
  }

  // Takes the first `count` points of a full batch: brings them over the iterations that need no
  // test, sorts out quick escapes, and hands on the others.
  void take(Request& request, const Batch& batch, std::size_t count) {
    if (request.stats.stopped) return;  // the queue is not emptied any more
    HWY_ALIGN_MAX double x[kWidth], y[kWidth];
    HWY_ALIGN_MAX std::uint64_t passed[kWidth];
    fill_group(x, 0.0);
    fill_group(y, 0.0);
    const std::uint32_t untested = batch.untested;
    iterate(batch.cx, batch.cy, x, y, x, y, untested);
    const std::uint32_t tested = std::min(kQuickSteps, request.max_iter - untested);
    iterate_group_tested(batch.cx, batch.cy, x, y, passed, tested);

    std::uint64_t executed = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const bool escaped = passed[i] < tested;
      request.out[batch.cell[i]] = escaped ? untested + static_cast<std::uint32_t>(passed[i]) : 0;
      executed += escaped ? untested + passed[i] + 1 : 0;
    }
    request.stats.executed += executed;
    hand_on(request, batch, x, y, passed, untested, tested, count);
    if (waiting_ > kCapacity - kWidth) run(request, 0);
  }

  // Works until nothing is left.
  void finish(Request& request) {
    run(request, 0);
    while (busy_ != 0 && !request.stats.stopped) run_block(request);
    if (!request.stats.stopped) replay_.finish(request, kBlock);
  }

 private:
  static constexpr std::uint32_t kBlock = kFindPeriods ? 24 : 36;
  static constexpr std::uint32_t kQuickSteps = 16;
  static constexpr std::size_t kCapacity = 4 * kWidth;
  static constexpr std::uint32_t kPollMask = 0xff;

  // Queues the orbits that passed all tests.
  HWY_INLINE void hand_on(Request& request, const Batch& batch, const double* x, const double* y,
                          const std::uint64_t* passed, std::uint32_t untested, std::uint32_t tested,
                          std::size_t count) {
    const D d;
    const U du;
    const VU all = hn::Set(du, std::uint64_t{tested});
    const std::uint32_t done = untested + tested;
    for (std::size_t k = 0; k < count; k += kLanes) {
      const auto open = hn::And(hn::Eq(hn::Load(du, passed + k), all), hn::FirstN(du, count - k));
      const std::uint64_t bits = mask_bits(hn::RebindMask(d, open));
      if (bits == 0) continue;
      if (done == request.max_iter) {
        request.stats.executed += hwy::PopCount(bits) * std::uint64_t{done};
        continue;
      }
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
    const unsigned before = now_;
    now_ ^= 1;
    iterate(cx_, cy_, x_[before], y_[before], x_[now_], y_[now_], kBlock);
    clock_ += kBlock;
    OrbitSet inside = 0, at_end = 0;
    look(inside, at_end);
    const OrbitSet escaped = busy_ & ~inside;
    const OrbitSet done = escaped | (busy_ & at_end);
    if (done != 0) retire(request, escaped, done, before);
    if (kFindPeriods && --blocks_to_save_ == 0) save();
    if (HWY_UNLIKELY((clock_ / kBlock & kPollMask) == 0)) request.stopped();
  }

  // After a block: who is still inside, and who needs no more iterations if so.
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

  HWY_INLINE void retire(Request& request, OrbitSet escaped, OrbitSet done, unsigned before) {
    for (OrbitSet set = escaped; set != 0; set &= set - 1) {
      const std::size_t lane = hwy::Num0BitsBelowLS1Bit_Nonzero64(set);
      const std::int64_t at_start = request.max_iter - (due_[lane] - clock_) - kBlock;
      replay_.add(request, x_[before][lane], y_[before][lane], cx_[lane], cy_[lane], at_start,
                  cell_[lane], kBlock);
    }
    for (OrbitSet set = done & ~escaped; set != 0; set &= set - 1) {
      const std::size_t lane = hwy::Num0BitsBelowLS1Bit_Nonzero64(set);
      const std::int64_t left = std::max<std::int64_t>(due_[lane] - clock_, 0);
      request.stats.executed += request.max_iter - left;
      request.stats.skipped += left;
    }
    busy_ &= ~done;
    reload(request);
  }

  HWY_INLINE void save() {
    copy_group(x_[now_], saved_x_);
    copy_group(y_[now_], saved_y_);
    blocks_to_save_ = save_every_;
  }

  // The group. z is kept twice, before and after the running block, since who escapes is put back.
  HWY_ALIGN_MAX double x_[2][kWidth], y_[2][kWidth];
  HWY_ALIGN_MAX double cx_[kWidth], cy_[kWidth];
  HWY_ALIGN_MAX double saved_x_[kWidth], saved_y_[kWidth];
  HWY_ALIGN_MAX std::int64_t due_[kWidth];  // the clock's value when max_iter is reached
  std::uint64_t cell_[kWidth];
  OrbitSet busy_;
  std::int64_t clock_;  // iterations since start()
  unsigned now_;
  std::uint32_t save_every_, blocks_to_save_;

  // The queue, a stack really: who comes last goes first.
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
