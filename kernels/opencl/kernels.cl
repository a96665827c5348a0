// The kernels. Structures that hold pointers can't be arguments, so a band comes in pieces.
#define BAND_ARGUMENTS                                                                       \
  __global const double *xs, __global const double *ys, uint4 place, uint4 rule,             \
      __global uint *counts, __global Progress *progress
#define BAND make_band(xs, ys, place, rule, counts, progress)
#define QUEUES __global uint *pixels, __global Escape *escapes

Band make_band(BAND_ARGUMENTS) {
  const Band band = {xs,     ys,     place.x, place.y, place.z, place.w,
                     rule.x, rule.y, rule.z,  counts,  progress};
  return band;
}

// `opencl-simple`: a work item a pixel. Sums go through local memory, since so many work items at
// one address wait for each other.
__kernel void follow_pixels(BAND_ARGUMENTS, __global Orbit* orbits, uint until) {
  __local uint live;
  __local uint iterations;
  if (get_local_id(0) == 0) live = iterations = 0;
  barrier(CLK_LOCAL_MEM_FENCE);
  const Band band = BAND;
  const uint pixel = get_global_id(0);
  if (pixel < band.pixels) {
    Orbit orbit = orbits[pixel];
    const uint before = orbit.n;
    if (follow(&band, pixel, until, &orbit)) atomic_inc(&live);
    if (orbit.n != before) atomic_add(&iterations, orbit.n - before);
    orbits[pixel] = orbit;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  if (get_local_id(0) != 0) return;
  if (iterations != 0) add_up(&progress->executed, iterations);
  if (live != 0) atomic_add((volatile __global uint*)&progress->live, live);
}

// `opencl`: refill.inc's three steps.
__kernel void front_pixels(BAND_ARGUMENTS, QUEUES) {
  const Band band = BAND;
  Work work = {pixels, escapes, progress};
  Tally tally = {0, 0};
  for (uint pixel = get_global_id(0); pixel < band.pixels; pixel += get_global_size(0))
    front(&band, pixel, &work, &tally);
  report(progress, tally);
}

__kernel void refill_lanes(BAND_ARGUMENTS, QUEUES, __global Lane* lanes, uint blocks) {
  const Band band = BAND;
  Work work = {pixels, escapes, progress};
  Lane lane = lanes[get_global_id(0)];
  Tally tally = {0, 0};
  refill(&lane, &band, blocks, &work, &tally);
  lanes[get_global_id(0)] = lane;
  report(progress, tally);
  if (lane.busy) atomic_inc((volatile __global uint*)&progress->live);
}

__kernel void resolve_escapes(BAND_ARGUMENTS, QUEUES) {
  const Band band = BAND;
  Tally tally = {0, 0};
  for (uint i = get_global_id(0); i < progress->escaped; i += get_global_size(0))
    resolve(&band, escapes[i], &tally);
  report(progress, tally);
}
