// The one interface that every backend stands behind, CPU or GPU: coordinates in, iteration counts
// out. A kernel gets coordinate arrays, not a region and a size: the recipe that makes coordinates
// is part of the exact result (see grid.h), so no backend may have its own idea of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "kernels/stop_poll.h"

namespace mandel {

// What a run did. `executed` counts the iterations that were really carried out; `skipped` those
// that a proof made unnecessary (closed forms, periodicity, certified tiles), so that
// executed + skipped is what the naive loop would have done and a rate stays honest.
struct KernelStats {
  std::uint64_t executed = 0;
  std::uint64_t skipped = 0;
  bool stopped = false;  // the stop poll ended the run early: `out` is not to be used
  // Of true-count only (deep/engine.h). What this call did or waited for once a picture; and pixels
  // that the first way, and then the second, could not decide, or was not asked for. The next way
  // did them, and the work of a way that did not decide is counted nowhere.
  std::uint64_t preparation_ns = 0;
  std::uint64_t undecided_first = 0;
  std::uint64_t undecided_second = 0;
  // On a GPU: from the first kernel's start to the last one's end, without the last copies. Else 0.
  double device_seconds = 0.0;

  KernelStats& operator+=(const KernelStats& other);
};

inline KernelStats& KernelStats::operator+=(const KernelStats& other) {
  executed += other.executed;
  skipped += other.skipped;
  stopped |= other.stopped;
  preparation_ns += other.preparation_ns;
  undecided_first += other.undecided_first;
  undecided_second += other.undecided_second;
  device_seconds += other.device_seconds;
  return *this;
}

inline constexpr std::uint32_t kIterMax = (1u << 31) - 1;

// One lane's engine. It may keep scratch memory between runs, so it belongs to one thread at a
// time.
class Kernel {
 public:
  Kernel() = default;
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;
  virtual ~Kernel() = default;

  // For every row r and column k writes out[r * xs.size() + k]: the index n < max_iter of the first
  // iteration after which |z|^2 > 4, or 0 if there is none. z starts at 0 and each iteration is
  //   x' = (x*x - y*y) + cx,  y' = (x*y + y*x) + cy,   every operation rounded on its own.
  // `out` holds xs.size() * ys.size() counts; max_iter <= kIterMax. `stop` is polled at least
  // every 50 ms. Throws DeviceError (device_error.h), and only a GPU's engine does, when the
  // device fails: `out` is then not to be used; the engine may be tried again or dropped.
  virtual KernelStats run(std::span<const double> xs, std::span<const double> ys,
                          std::uint32_t max_iter, std::span<std::uint32_t> out, StopPoll stop) = 0;
};

// What a count means. Counts compare bit for bit only between backends of the same semantics.
inline constexpr std::string_view kExactF64 = "exact-f64";
inline constexpr std::string_view kNoCounts = "none";  // zeros, whatever the picture: see noop.cpp

struct DeviceList;  // device_list.h

// A way to compute: a row of the registry. All views point to literals.
struct Backend {
  std::string_view name;       // what the user types after --kernel
  std::string_view device;     // "cpu", "opencl" or "cuda"
  std::string_view semantics;  // kExactF64, or a name that says what is different
  std::string_view summary;    // one line for --list-kernels
  // Makes one lane's engine. Returns null where this machine can't run the backend at all.
  std::unique_ptr<Kernel> (*make)();
  // True for variants that are there to be tested and measured: `auto` passes over them.
  bool by_name_only = false;
  // Only where lanes are devices rather than threads, else null: what there is, and an engine on
  // devices()[index], where make() takes the first. Null if there are not so many.
  const DeviceList& (*devices)() = nullptr;
  std::unique_ptr<Kernel> (*make_on)(std::size_t index) = nullptr;
  // Where devices() is dear: a quick look at whether `auto` should ask for them. Null: it should.
  bool (*may_have_devices)() = nullptr;
};

}  // namespace mandel
