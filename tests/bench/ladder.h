// Climbs the ladder: every backend on one view in one run, so that the ratios between them are of
// the same minutes of the same machine. Written by hand rather than with Google Benchmark, which
// measures one thing after the other, and would let a clock that drifts into the ratios.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "kernels/kernel.h"
#include "kernels/views.h"
#include "tests/bench/port_limit.h"

namespace mandel {

struct LadderOptions {
  const NamedView* view = nullptr;
  std::uint32_t threads = 1;
  std::vector<std::string> kernels;  // names; empty: all
  std::uint32_t repeats = 7;
};

// A backend's result at a number of threads.
struct KernelRung {
  const Backend* backend;
  std::uint32_t threads;
  std::string failure;          // not empty: why there is no result
  bool is_absent = false;       // this machine can't run it, which is no error
  std::vector<double> seconds;  // of each run, in the order of the runs
  KernelStats stats;
  std::uint64_t sum = 0;
  std::string counts_sha256;
  bool agrees = true;  // every run gave the counts of `scalar`

  KernelRung(const Backend* rung_backend, std::uint32_t rung_threads)
      : backend(rung_backend), threads(rung_threads) {}

  double best_seconds() const;
  bool is_comparable() const { return backend->semantics == kExactF64; }
};

struct Ladder {
  LadderOptions options;
  std::size_t columns = 0;
  std::size_t rows = 0;
  double load_average = 0.0;  // runnable threads in the minute before, or negative: unknown
  PortLimit port_limit;
  std::vector<KernelRung> rungs;  // the first one is `scalar` on one thread, the base of all ratios

  const KernelRung& base() const { return rungs.front(); }
  double ratio_to_base(const KernelRung& rung) const;
  // Iterations executed per second, as a share of what so many cores could do. For exact backends
  // on the CPU only.
  double port_limit_share(const KernelRung& rung) const;
  // Some rung failed, or is comparable and gave other counts than the base.
  bool has_errors() const;
};

// A rung is run again, in rounds with the others, unless its first run took longer than this.
inline constexpr double kRepeatedBelowSeconds = 1.0;

Ladder climb(const LadderOptions& options);

}  // namespace mandel
