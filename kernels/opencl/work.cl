// What the threads of a device share, behind the functions that refill.inc asks for.

typedef struct Work {
  __global uint* pixels;
  __global Escape* escapes;
  __global Progress* progress;
} Work;

void queue(const Work* work, uint pixel) {
  work->pixels[atomic_inc((volatile __global uint*)&work->progress->queued)] = pixel;
}

// The look before the increment keeps idle threads from driving the cursor round to 0 again in the
// course of a long band.
uint take(const Work* work) {
  volatile __global uint* taken = (volatile __global uint*)&work->progress->taken;
  const uint queued = work->progress->queued;
  if (*taken >= queued) return kNoPixel;
  const uint place = atomic_inc(taken);
  return place < queued ? work->pixels[place] : kNoPixel;
}

void hand_over(const Work* work, Escape escape) {
  work->escapes[atomic_inc((volatile __global uint*)&work->progress->escaped)] = escape;
}

// In two halves, since 64-bit atomics are an extension; whole when the kernel has ended.
void add_up(__global Total* total, Total value) {
  volatile __global uint* halves = (volatile __global uint*)total;  // GPUs are little-endian
  const uint low = (uint)value;
  const uint before = atomic_add(halves, low);
  const uint high = (uint)(value >> 32) + (before + low < before ? 1u : 0u);
  if (high != 0) atomic_add(halves + 1, high);
}

void report(__global Progress* progress, Tally tally) {
  if (tally.executed != 0) add_up(&progress->executed, tally.executed);
  if (tally.skipped != 0) add_up(&progress->skipped, tally.skipped);
}
