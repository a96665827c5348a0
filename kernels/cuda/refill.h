// The per-thread control flow of the `cuda` backend: three steps, each a function of one pixel or
// one thread, with what the threads share behind the parameter `Work` (atomics on the device, plain
// vectors in the host's tests).
//   front    settles what is cheap: closed-form interior, and pixels that escape at once; the rest
//            is queued, so that no thread of the next step sits beside one that is long done.
//   refill   a thread keeps one pixel in flight, runs it in blocks without a test, and takes the
//            next pixel from the queue when it is done. What escaped somewhere in a block is handed
//            over, with z as it was at the block's start.
//   resolve  replays that one block with a test per iteration.
// Not one kernel that does all three: a warp would replay a block for one thread while 31 wait.
#pragma once

#include "kernels/cuda/band.h"

namespace mandel::cuda {

// Short, as escapes are noticed only at a block's end and replayed from its start; long enough that
// the test and the bookkeeping, about 5 slots, are a twentieth of a block's 96.
inline constexpr std::uint32_t kBlockIterations = 16;
inline constexpr std::uint32_t kFrontIterations = 16;
inline constexpr std::uint32_t kNoPixel = 0xffffffffu;

struct Tally {
  unsigned long long executed = 0;
  unsigned long long skipped = 0;
};

// A pixel that escaped within the block that starts at z after n iterations.
struct Escape {
  Complex<double> z;
  std::uint32_t n;
  std::uint32_t pixel;
};

// The pixel that one thread has in flight. Kept in memory between launches; all zero is idle.
struct Lane {
  Complex<double> c;
  Complex<double> z;
  Complex<double> saved;     // an earlier z of this orbit, for Brent's cycle detection
  std::uint32_t n;           // iterations done
  std::uint32_t save_after;  // blocks until z is saved again
  std::uint32_t window;      // blocks between the last two saves
  std::uint32_t pixel;
  bool late_test;  // escapes of this c may be noticed late
  bool busy;
};

template <class Work>
MANDEL_DEVICE inline void front(const Band& band, std::uint32_t pixel, Work& work, Tally& tally) {
  const Complex<double> c = band.c(pixel);
  if (band.shortcuts && surely_inside(c)) {
    tally.skipped += band.max_iter;
    return band.store(pixel, 0);
  }
  const std::uint32_t until = band.max_iter < kFrontIterations ? band.max_iter : kFrontIterations;
  Orbit<double> orbit{};
  advance(orbit, c, until);
  const bool settled = orbit.escaped || orbit.n == band.max_iter;
  band.store(pixel, orbit.escaped ? orbit.n - 1 : 0);
  if (settled)
    tally.executed += orbit.n;
  else
    work.queue(pixel);  // to start again at 0: cheaper than to carry z through memory
}

inline constexpr std::uint32_t kFirstWindow = 4;

MANDEL_DEVICE inline void load(Lane& lane, const Band& band, std::uint32_t pixel) {
  lane.c = band.c(pixel);
  lane.z = lane.saved = {0.0, 0.0};
  lane.n = 0;
  lane.window = lane.save_after = kFirstWindow;
  lane.pixel = pixel;
  lane.late_test = escape_is_final(lane.c);
  lane.busy = true;
}

// Runs one block from z. Returns whether the orbit escaped in it.
MANDEL_DEVICE inline bool run_block(Lane& lane) {
  if (lane.late_test) {
    Complex<double> z = lane.z;
    for (std::uint32_t i = 0; i < kBlockIterations; ++i) z = next(z, lane.c);
    lane.z = z;
    return !(norm(z) <= 4.0);  // overflown orbits are NaN
  }
  Orbit<double> orbit{lane.z, 0, false};
  advance(orbit, lane.c, kBlockIterations);
  lane.z = orbit.z;
  return orbit.escaped;
}

// Brent: z equal to an earlier z repeats for ever, so it never escapes. The saved z is renewed in
// windows that grow by a half, so that any period is found in the end.
MANDEL_DEVICE inline bool found_cycle(Lane& lane) {
  if (lane.z.x == lane.saved.x && lane.z.y == lane.saved.y) return true;
  if (--lane.save_after == 0) {
    lane.saved = lane.z;
    lane.window += lane.window / 2;
    lane.save_after = lane.window;
  }
  return false;
}

// One thread's part of a slice: at most `blocks` blocks, over as many pixels as they last for.
template <class Work>
MANDEL_DEVICE inline void refill(Lane& lane, const Band& band, std::uint32_t blocks, Work& work,
                                 Tally& tally) {
  for (; blocks > 0; --blocks) {
    if (!lane.busy) {
      const std::uint32_t pixel = work.take();
      if (pixel == kNoPixel) return;
      load(lane, band, pixel);
    }
    const Complex<double> start = lane.z;
    if (run_block(lane)) {
      work.hand_over({start, lane.n, lane.pixel});
      lane.busy = false;
      continue;
    }
    lane.n += kBlockIterations;
    if (lane.n >= band.max_iter) {  // the front has stored its 0
      tally.executed += band.max_iter;
      lane.busy = false;
    } else if (band.shortcuts && found_cycle(lane)) {
      tally.executed += lane.n;
      tally.skipped += band.max_iter - lane.n;
      lane.busy = false;
    }
  }
}

// The block may reach past max_iter; what escapes only there counts as never.
MANDEL_DEVICE inline void resolve(const Band& band, const Escape& escape, Tally& tally) {
  const std::uint32_t end = escape.n + kBlockIterations;
  Orbit<double> orbit{escape.z, escape.n, false};
  advance(orbit, band.c(escape.pixel), end < band.max_iter ? end : band.max_iter);
  if (orbit.escaped) band.store(escape.pixel, orbit.n - 1);
  tally.executed += orbit.n;
}

}  // namespace mandel::cuda
