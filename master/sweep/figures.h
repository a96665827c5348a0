// What a sweep measured, as plain data: one job run at each of several chunk counts, a few times
// each, over the same connections. report.h shows it, model.h explains it; neither knows how it was
// measured.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "master/chunks/picture_size.h"
#include "master/stats/timing.h"

namespace mandel {

// One run of the job.
struct RunFigures {
  Nanoseconds wall_ns = 0;        // from the job's beginning to the last accepted chunk
  Nanoseconds master_cpu_ns = 0;  // of the master's process; with a worker inside, that one's too
  TimeSplit split;                // of lanes x wall_ns
  std::uint64_t bytes_in = 0;     // from the workers, as they travelled
  std::uint64_t bytes_out = 0;
  std::uint64_t iterations = 0;    // executed
  std::vector<ChunkTimes> chunks;  // in the order of arrival

  std::uint64_t bytes() const { return bytes_in + bytes_out; }
};

// All runs at one chunk count.
struct SweepPoint {
  std::uint32_t chunks = 0;
  std::uint32_t rows_per_chunk = 0;  // of the largest
  std::vector<RunFigures> runs;      // at least one

  // The run with the median wall time (of an even number, the faster of the two in the middle).
  const RunFigures& median() const;
};

// A run in which `--chunks auto` chose.
struct AutoRun {
  Nanoseconds chosen_ns = 0;  // from the beginning; 0: the picture had no opening
  Nanoseconds wall_ns = 0;    // with the look at the picture before
  std::string reason;         // of the choice, as a sentence
};

struct SweepWorker {
  std::string label;  // the address that the user gave
  std::string kernel;
  std::uint32_t lanes = 0;
};

struct Sweep {
  PictureSize size;
  std::string job;    // in words: "the tutorial's 500 x 500, 1000 iterations"
  std::string codec;  // "raw" or "lz4" or "mixed": what the counts travelled in
  std::vector<SweepWorker> workers;
  std::uint64_t sum = 0;           // of the counts, the same in every run
  std::vector<SweepPoint> points;  // by rising chunk count; at least one
  std::vector<AutoRun> autos;      // in the same rounds; may be none

  std::uint32_t lanes() const;  // of all workers
};

}  // namespace mandel
