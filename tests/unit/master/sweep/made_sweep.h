// Sweeps for the report's tests. tiny_sweep() has figures that are checked by hand; made_sweep() is
// a whole one as a small cluster would give it, from a few lines of list scheduling: dear rows in
// the middle, a wire that costs a little for every chunk, repeats that scatter.
#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "master/sweep/figures.h"

namespace mandel {

// Two lanes; at 4 chunks: computing 16 ms of 2 x 10 ms, the wire 3 ms, the tail 1 ms.
inline Sweep tiny_sweep() {
  const auto run = [](Nanoseconds wall_ms, Nanoseconds computing_ms, Nanoseconds wire_ms,
                      Nanoseconds tail_ms) {
    RunFigures figures;
    figures.wall_ns = wall_ms * kMillisecond;
    figures.split.computing_ns = computing_ms * kMillisecond;
    figures.split.wire_ns = wire_ms * kMillisecond;
    figures.split.tail_ns = tail_ms * kMillisecond;
    figures.bytes_in = 1500;
    figures.bytes_out = 500;
    return figures;
  };
  Sweep sweep;
  sweep.size = {100, 8, 1000};
  sweep.job = "a \"small\" job, 100 x 8";
  sweep.codec = "lz4";
  sweep.workers = {{"desk1:5755", "simd", 1}, {"desk2:5755", "simd", 1}};
  sweep.sum = 1234;
  sweep.points = {{1, 8, {run(15, 15, 1, 14)}},
                  {4, 2, {run(11, 16, 5, 1), run(10, 16, 3, 1), run(9, 16, 1, 1)}},
                  {8, 1, {run(20, 16, 24, 0)}}};
  return sweep;
}

struct MadeLane {
  std::uint32_t worker = 0;
  std::uint32_t lane = 0;
  Nanoseconds free = 0;
};

class MadeRun {
 public:
  MadeRun(const Sweep& sweep, std::uint32_t chunks, std::uint32_t seed)
      : sweep_(sweep), random_(seed) {
    for (std::uint32_t w = 0; w < sweep.workers.size(); ++w)
      for (std::uint32_t k = 0; k < sweep.workers[w].lanes; ++k) lanes_.push_back({w, k, kStartup});
    run_.split.startup_ns = kStartup * static_cast<Nanoseconds>(lanes_.size());
    const std::uint32_t rows = sweep.size.rows;
    for (std::uint32_t chunk = 0; chunk < chunks; ++chunk) {
      const std::uint32_t first = std::uint64_t{rows} * chunk / chunks;
      add_chunk(chunk, first, std::uint64_t{rows} * (chunk + 1) / chunks - first);
    }
    for (const MadeLane& lane : lanes_) run_.wall_ns = std::max(run_.wall_ns, lane.free);
    for (const MadeLane& lane : lanes_) run_.split.tail_ns += run_.wall_ns - lane.free;
  }
  RunFigures figures() && { return std::move(run_); }

 private:
  static constexpr Nanoseconds kStartup = 400'000;
  static constexpr Nanoseconds kWire = 110'000;  // a chunk, that no lane could use
  static constexpr Nanoseconds kHandover = 15'000;
  static constexpr Nanoseconds kEncodingOfRow = 1'500;

  Nanoseconds row_cost(std::uint32_t row) const {
    const double y = 2.6 * row / sweep_.size.rows - 1.3;
    return std::llround(20'000 + 260'000 * std::exp(-6 * y * y) +
                        90'000 * std::exp(-40 * (std::abs(y) - 0.75) * (std::abs(y) - 0.75)));
  }

  void add_chunk(std::uint32_t chunk, std::uint32_t first, std::uint32_t rows) {
    MadeLane& lane = *std::ranges::min_element(lanes_, {}, &MadeLane::free);
    std::uniform_real_distribution<double> noise(0.96, 1.1);
    ChunkTimes times;
    times.chunk = chunk;
    times.worker = lane.worker;
    times.first_row = first;
    times.rows = rows;
    times.sent = lane.free;
    for (std::uint32_t row = first; row < first + rows; ++row) times.computed_ns += row_cost(row);
    times.computed_ns = std::llround(static_cast<double>(times.computed_ns) * noise(random_));
    times.encoded_ns = rows * kEncodingOfRow;
    times.bytes = 60 + rows * 40ull;
    const Nanoseconds wire = std::llround(kWire * noise(random_) * noise(random_));
    const Nanoseconds began = lane.free + wire + kHandover;
    times.spans = {{lane.lane, began, times.computed_ns, times.encoded_ns}};
    lane.free = times.spans[0].end();
    times.received = times.decoded = times.verified = lane.free;
    times.residence_ns = times.received - times.sent - wire;
    run_.split.computing_ns += times.computed_ns;
    run_.split.encoding_ns += times.encoded_ns;
    run_.split.wire_ns += wire;
    run_.split.handover_ns += kHandover;
    run_.bytes_in += times.bytes;
    run_.bytes_out += 70;
    run_.chunks.push_back(times);
  }

  const Sweep& sweep_;
  std::minstd_rand random_;
  std::vector<MadeLane> lanes_;
  RunFigures run_;
};

inline Sweep made_sweep(const std::vector<SweepWorker>& workers,
                        const std::vector<std::uint32_t>& chunk_counts, std::uint32_t rows = 1024) {
  constexpr std::uint32_t kRepeats = 5;
  Sweep sweep;
  sweep.size = {rows, rows, 1000};
  sweep.job = "a whole set, 1000 iterations";
  sweep.codec = "lz4";
  sweep.workers = workers;
  sweep.sum = 1148485;
  for (const std::uint32_t chunks : chunk_counts) {
    SweepPoint point{chunks, (rows + chunks - 1) / chunks, {}};
    for (std::uint32_t k = 0; k < kRepeats; ++k)
      point.runs.push_back(MadeRun(sweep, chunks, 1000 * k + chunks).figures());
    sweep.points.push_back(std::move(point));
  }
  return sweep;
}

}  // namespace mandel
