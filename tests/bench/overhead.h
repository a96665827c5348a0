// What the system itself adds to each chunk: the real master's code and real workers on chunks that
// cost nothing to compute (the noop kernel), beside bare ZeroMQ with messages of the same sizes
// (echo.h). Both in one run, round by round in turn, so that a machine that is busy or slow is so
// for both; and ratios are taken within a round.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/clock.h"

namespace mandel {

struct OverheadOptions {
  std::string worker;             // path of mandel-worker
  std::string self;               // path of the program whose `echo` command serves the bare side
  std::uint32_t tasks = 20'000;   // of a few pixels, in a run
  std::uint32_t payloads = 1000;  // of 1 MiB
  std::uint32_t repeats = 7;
};

// The time that a run took.
struct Usage {
  Nanoseconds wall_ns = 0;     // from the first dial to the last result
  Nanoseconds master_ns = 0;   // CPU time of the master's process, with ZeroMQ's thread
  Nanoseconds workers_ns = 0;  // the same of all workers
};

// One way to do it.
struct Contender {
  std::string name;
  std::vector<Usage> runs;  // by round
};

// One kind of load, and how all contenders coped with it.
struct Overhead {
  std::string name;
  std::uint32_t tasks = 0;
  std::uint32_t credit = 1;
  bool has_keys = false;       // CURVE, as off loopback
  std::size_t task_bytes = 0;  // on average, with the acknowledgements that ride on it
  std::size_t head_bytes = 0;  // of a result, on average
  std::size_t body_bytes = 0;
  std::vector<Contender> contenders;  // mandel first

  using Figure = Nanoseconds Usage::*;
  // Nanoseconds a task, the median of all rounds.
  double per_task(const Contender& contender, Figure figure) const;
  // mandel's to the contender's: the median of the ratios of all rounds.
  double ratio(const Contender& contender, Figure figure) const;
  // Bytes of bodies in a nanosecond, which is GB/s.
  double throughput(const Contender& contender) const;
};

// Throws std::runtime_error where a run fails, or its sum or number of chunks is not what it must
// be. To be called before the process has threads: it blocks the signals that it reads.
std::vector<Overhead> measure_overhead(const OverheadOptions& options);

}  // namespace mandel
