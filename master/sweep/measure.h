// Runs a sweep: the job at each chunk count, again and again, over the same connections. The rounds
// are interleaved (1, 2, 4, … and again 1, 2, 4, …), so that a machine that gets busy for a while
// spoils one run of each count and no count altogether.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/net/wakeup.h"
#include "common/wire/job.h"
#include "master/crew/crew.h"
#include "master/stats/outcome.h"
#include "master/stats/run_observer.h"
#include "master/sweep/figures.h"

namespace mandel {

struct SweepJob {
  Job job;
  std::shared_ptr<const Axes> axes;
  std::vector<std::uint32_t> chunks;  // rising, each a count that the picture can be cut into
  bool has_auto = false;              // --chunks auto in each round, too
  std::uint32_t repeats = 1;
  std::string remark;  // on counts that can't be had; may be empty

  std::uint32_t rows() const { return static_cast<std::uint32_t>(axes->ys.size()); }
  std::uint32_t columns() const { return static_cast<std::uint32_t>(axes->xs.size()); }
  PictureSize size() const { return {columns(), rows(), job.max_iter}; }
  std::uint32_t runs() const { return static_cast<std::uint32_t>(chunks.size()) * repeats; }
  std::size_t chunk_bytes_max() const;
};

// Whom a sweep tells how far it is. Each may be empty, or null.
struct SweepWatch {
  // A run with so many chunks begins (0: as many as --chunks auto chooses).
  std::function<void(std::uint32_t chunks)> begins = {};
  // A run has ended; `done` counts those that count, from 1.
  std::function<void(const Sweep& sweep, std::uint32_t done, std::uint32_t chunks, Nanoseconds)>
      ended = {};
  RunObserver* observer = nullptr;  // of every run
};

// What came of a sweep: figures of the runs that ended well, and why it did not come to its end.
struct SweepResult {
  Sweep sweep;  // without points: there is nothing to show
  std::optional<Unfinished> unfinished = {};
  std::uint32_t runs = 0;  // that count
};

// One run before all others, to warm up, does not count. Ends early if a run fails. If two differ
// in their sums something is broken: no figure is worth anything, and none is left.
SweepResult measure_sweep(const SweepJob& job, Crew& crew, Nanoseconds patience,
                          StopSignals& signals, const SweepWatch& watch);

}  // namespace mandel
