// mandel_compute(): checks what it is given, hands it to the lanes, and looks at the caller's flag
// until they are done.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <unistd.h>

#include "kernels/c_api/computation.h"
#include "kernels/c_api/engine.h"
#include "kernels/c_api/grid.h"
#include "kernels/c_api/structs.h"

namespace mandel {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kDefaultIterations = 1000;
constexpr std::chrono::milliseconds kLookPeriod{5};  // a lane takes 50 ms more at the worst
constexpr std::chrono::milliseconds kProgressPeriod{50};
// With a progress function a computation is cut into so many parts, which are not too small.
constexpr std::uint64_t kParts = 100;
constexpr std::uint64_t kPartPixelsMin = 16 * kClaimPixelsMin;

Fault bad(const std::string& sentence) { return {MANDEL_BAD_ARGUMENT, sentence}; }

// The options with their defaults filled in.
mandel_compute_options checked(mandel_compute_options options, const mandel_grid& grid,
                               std::size_t counts_length) {
  if (options.max_iter == 0) options.max_iter = kDefaultIterations;
  if (options.max_iter > kIterMax)
    throw bad("max_iter must be at most " + std::to_string(kIterMax) + ", not " +
              std::to_string(options.max_iter));
  const std::uint64_t rows = grid.rows();
  if (options.first_row >= rows || options.rows > rows - options.first_row)
    throw bad("the grid has " + std::to_string(rows) + " rows, and no " +
              (options.rows > 1 ? std::to_string(options.rows) + " from " : std::string("row ")) +
              std::to_string(options.first_row) + (options.rows > 1 ? " on" : ""));
  if (options.rows == 0) options.rows = rows - options.first_row;
  const std::uint64_t pixels = options.rows * grid.columns();
  if (counts_length != pixels)
    throw bad("counts has room for " + std::to_string(counts_length) + " counts, but " +
              std::to_string(options.rows) + " rows of " + std::to_string(grid.columns()) +
              " columns have " + std::to_string(pixels));
  if (pixels > (std::uint64_t{1} << 63) / options.max_iter)
    throw bad("pixels x max_iter must stay below 2^63, so that the sum fits");
  return options;
}

void check_process(const mandel_engine& engine) {
  if (engine.process != getpid())
    throw bad("the engine was made before fork(), and has no threads here: make another");
}

// The task of all rows.
LaneTask task_of(const mandel_engine& engine, const mandel_grid& grid, std::uint32_t max_iter,
                 std::uint32_t* counts) {
  LaneTask task{.axes = grid.axes, .max_iter = max_iter, .out = counts};
  const auto able = std::ranges::find_if(engine.lanes, [&](const Lane& lane) {
    return grid.deep ? lane.deep != nullptr : lane.backend != nullptr;
  });
  if (able == engine.lanes.end())
    throw Fault(MANDEL_NO_KERNEL, "the engine's kernel, " + engine.kernel + ", computes " +
                                      (grid.deep ? "no true-count" : "true-count only") +
                                      ": make one with kernel auto");
  if (grid.deep) task.deep = grid.engine(*able->deep, max_iter);
  return task;
}

void submit(Computation& computation, LaneTask whole, const mandel_compute_options& options,
            std::size_t columns) {
  std::uint64_t part = options.rows;
  if (options.progress != nullptr) {
    const std::uint64_t part_min = whole.deep != nullptr ? 1 : kPartPixelsMin / columns + 1;
    part = std::min(part, std::max(part_min, options.rows / kParts));
  }
  for (std::uint64_t done = 0; done < options.rows; done += part) {
    LaneTask task = whole;
    task.first_row = static_cast<std::uint32_t>(options.first_row + done);
    task.rows = static_cast<std::uint32_t>(std::min(part, options.rows - done));
    task.out += done * columns;
    computation.submit(std::move(task));
  }
}

// Asks the caller whether to stop.
class Caller {
 public:
  explicit Caller(const mandel_compute_options& options) : options_(options) {}

  bool has_set_stop() const {
    return options_.stop != nullptr && __atomic_load_n(options_.stop, __ATOMIC_RELAXED) != 0;
  }
  // Tells how many rows are done, too.
  bool wants_stop(const Computation& computation) {
    if (has_set_stop()) return true;
    if (options_.progress == nullptr || Clock::now() - told_ < kProgressPeriod) return false;
    told_ = Clock::now();
    return options_.progress(options_.context, computation.rows_done(), options_.rows) != 0;
  }

 private:
  const mandel_compute_options& options_;
  Clock::time_point told_ = Clock::now();
};

KernelStats compute(mandel_engine& engine, const mandel_grid& grid,
                    const mandel_compute_options& options, std::uint32_t* counts) {
  const Fault stopped(MANDEL_STOPPED, "the caller stopped the computation");
  Caller caller(options);
  if (caller.has_set_stop()) throw stopped;
  Computation computation(engine.pool, ++engine.computations);
  submit(computation, task_of(engine, grid, static_cast<std::uint32_t>(options.max_iter), counts),
         options, grid.columns());
  while (!computation.wait(kLookPeriod)) {
    if (computation.has_failed()) break;
    if (caller.wants_stop(computation)) throw stopped;
  }
  return computation.result();
}

}  // namespace
}  // namespace mandel

int mandel_compute(mandel_engine* engine, const mandel_grid* grid,
                   const mandel_compute_options* options, uint32_t* counts, size_t counts_length,
                   mandel_stats* stats, char* error, size_t error_bytes) {
  using namespace mandel;
  return guarded(error, error_bytes, [&] {
    check_process(needed(engine, "engine"));
    needed(counts, "counts");
    (void)read_optional(stats, "mandel_stats");
    const auto known = checked(read_optional(options, "mandel_compute_options"),
                               needed(grid, "grid"), counts_length);
    const KernelStats done = compute(*engine, *grid, known, counts);
    if (stats == nullptr) return;
    write_struct({.size = 0,
                  .executed = done.executed,
                  .skipped = done.skipped,
                  .preparation_ns = done.preparation_ns,
                  .undecided_first = done.undecided_first,
                  .undecided_second = done.undecided_second},
                 *stats);
  });
}
