// The `sweep` and `sweep-blocked` backends: the loop turned inside out. Every iteration is a few
// passes over whole arrays, each pass one simple operation that a compiler (or numpy, in the
// tutorial) does at full vector width; but an array of a picture's size comes from memory again in
// every pass. `sweep-blocked` runs the same passes over blocks that stay in the first-level cache,
// and leaves a block when its last point has escaped.
//
// As in the tutorial, an escaped point is not taken out of the arrays: its z and c are set to 0,
// where z stays for ever. Those idle iterations are not counted as executed.
#include <algorithm>
#include <vector>

#include "kernels/backends.h"

namespace mandel {
namespace {

constexpr std::size_t kWholePicture = SIZE_MAX;
constexpr std::size_t kCacheBlock = 512;  // cells; 18 KiB with the counts

// Cells between two polls: well under a millisecond per pass.
constexpr std::size_t kCellsBetweenPolls = std::size_t{1} << 16;

// The arrays of one block, a cell at the same index in each.
struct Planes {
  std::vector<double> x, y, cx, cy;
  std::vector<std::uint32_t> escaped;  // 1 where the last iteration took the cell past 2

  explicit Planes(std::size_t cells) : x(cells), y(cells), cx(cells), cy(cells), escaped(cells) {}
};

void iterate(Planes& p, std::size_t first, std::size_t last) {
  for (std::size_t i = first; i < last; ++i) {
    const double next_x = (p.x[i] * p.x[i] - p.y[i] * p.y[i]) + p.cx[i];
    p.y[i] = (p.x[i] * p.y[i] + p.y[i] * p.x[i]) + p.cy[i];
    p.x[i] = next_x;
  }
}

// Marks the cells that escaped, and counts them.
std::size_t mark_escaped(Planes& p, std::size_t first, std::size_t last) {
  std::size_t count = 0;
  for (std::size_t i = first; i < last; ++i) {
    p.escaped[i] = p.x[i] * p.x[i] + p.y[i] * p.y[i] > 4.0;
    count += p.escaped[i];
  }
  return count;
}

void store_count(const Planes& p, std::span<std::uint32_t> out, std::uint32_t n, std::size_t first,
                 std::size_t last) {
  for (std::size_t i = first; i < last; ++i) out[i] = p.escaped[i] ? n : out[i];
}

// values = where(escaped, 0, values)
void clear_escaped(const Planes& p, std::vector<double>& values, std::size_t first,
                   std::size_t last) {
  for (std::size_t i = first; i < last; ++i) values[i] = p.escaped[i] ? 0.0 : values[i];
}

// Runs pass(first, last) over all cells, slice by slice; false if it was stopped.
template <typename Pass>
bool sweep(std::size_t cells, const StopPoll& stop, Pass pass) {
  for (std::size_t first = 0; first < cells; first += kCellsBetweenPolls) {
    if (stop.stop_requested()) return false;
    pass(first, std::min(first + kCellsBetweenPolls, cells));
  }
  return true;
}

class SweepKernel final : public Kernel {
 public:
  explicit SweepKernel(std::size_t block_cells) : block_cells_(block_cells) {}

  KernelStats run(std::span<const double> xs, std::span<const double> ys, std::uint32_t max_iter,
                  std::span<std::uint32_t> out, StopPoll stop) override {
    KernelStats stats;
    for (std::size_t first = 0; first < out.size() && !stats.stopped;) {
      const std::size_t cells = std::min(block_cells_, out.size() - first);
      Planes planes(cells);
      for (std::size_t i = 0; i < cells; ++i) {
        planes.cx[i] = xs[(first + i) % xs.size()];
        planes.cy[i] = ys[(first + i) / xs.size()];
      }
      run_block(planes, max_iter, out.subspan(first, cells), stop, stats);
      first += cells;
    }
    return stats;
  }

 private:
  static void run_block(Planes& p, std::uint32_t max_iter, std::span<std::uint32_t> out,
                        const StopPoll& stop, KernelStats& stats) {
    const auto pass = [&](auto action) { stats.stopped |= !sweep(out.size(), stop, action); };
    std::ranges::fill(out, 0);
    std::size_t live = out.size();
    for (std::uint32_t n = 0; n < max_iter && live > 0; ++n) {
      std::size_t escaped = 0;
      pass([&](auto first, auto last) { iterate(p, first, last); });
      pass([&](auto first, auto last) { escaped += mark_escaped(p, first, last); });
      if (stats.stopped) return;
      stats.executed += live;
      if (escaped == 0) continue;
      live -= escaped;
      pass([&](auto first, auto last) { store_count(p, out, n, first, last); });
      for (auto* values : {&p.x, &p.y, &p.cx, &p.cy})
        pass([&](auto first, auto last) { clear_escaped(p, *values, first, last); });
    }
  }

  const std::size_t block_cells_;
};

std::unique_ptr<Kernel> make_sweep() { return std::make_unique<SweepKernel>(kWholePicture); }
std::unique_ptr<Kernel> make_blocked() { return std::make_unique<SweepKernel>(kCacheBlock); }

}  // namespace

const Backend kSweepBackend = {"sweep", "cpu", kExactF64,
                               "passes over whole arrays, as numpy does them", make_sweep};
const Backend kSweepBlockedBackend = {"sweep-blocked", "cpu", kExactF64,
                                      "the same passes over blocks that fit the cache",
                                      make_blocked};

}  // namespace mandel
