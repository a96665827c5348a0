// See timing.h.
#include "kernels/check/timing.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cuda_runtime_api.h>
#include <numeric>

#include "kernels/cuda/check.h"
#include "kernels/device_list.h"
#include "kernels/views.h"

namespace mandel::check {
namespace {

constexpr int kRepeats = 3;
constexpr NamedView kGoal = {"b deep", "view b at a limit that fills a GPU", 100000, 8000, {}};

int attribute(cudaDeviceAttr what, int device) {
  int value = 0;
  cuda::check(cudaDeviceGetAttribute(&value, what, device), "read a device attribute");
  return value;
}

// 64-bit lanes of one multiprocessor, from the programming guide's throughput table.
int fp64_lanes(int major, int minor) {
  if (major == 8) return minor == 0 ? 32 : 2;
  if (major == 9) return 64;
  return major == 7 && minor == 5 ? 2 : 0;
}

void print_timing(const Backend& backend, std::size_t device_index, const NamedView& view,
                  const Fp64Limit& limit) {
  const Axes axes = view_axes(view);
  std::vector<std::uint32_t> counts(axes.xs.size() * axes.ys.size());
  const auto kernel = backend.make_on(device_index);
  KernelStats best;
  double wall_best = 0.0;
  for (int repeat = 0; repeat <= kRepeats; ++repeat) {  // the first one only warms up
    const auto begin = std::chrono::steady_clock::now();
    const KernelStats stats = kernel->run(axes.xs, axes.ys, view.max_iter, counts, {});
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
    if (repeat > 1 && stats.device_seconds >= best.device_seconds) continue;
    best = stats;
    wall_best = wall.count();
  }
  const double rate = static_cast<double>(best.executed) / best.device_seconds;
  const std::uint64_t sum = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  std::printf("%-12s %-7.*s %8u %11.3f %11.3f %10.1f %10.1f", std::string(backend.name).c_str(),
              static_cast<int>(view.name.size()), view.name.data(), view.max_iter, wall_best * 1e3,
              best.device_seconds * 1e3, static_cast<double>(best.executed) * 1e-9, rate * 1e-9);
  if (limit.lanes_per_processor != 0 && backend.semantics == kExactF64)
    std::printf(" %8.1f %%", 100.0 * rate / limit.iterations_per_second());
  else
    std::printf(" %10s", "-");
  std::printf("  %llu\n", static_cast<unsigned long long>(sum));
}

}  // namespace

Fp64Limit fp64_limit(int device) {
  return {attribute(cudaDevAttrMultiProcessorCount, device),
          fp64_lanes(attribute(cudaDevAttrComputeCapabilityMajor, device),
                     attribute(cudaDevAttrComputeCapabilityMinor, device)),
          attribute(cudaDevAttrClockRate, device) * 1e3};
}

void print_timings(const Backend& backend, std::size_t device_index) {
  const Fp64Limit limit = fp64_limit(backend.devices().devices[device_index].id);
  std::printf("\n%-12s %-7s %8s %11s %11s %10s %10s %10s  %s\n", "kernel", "view", "limit",
              "wall ms", "device ms", "executed G", "G/s", "of FP64", "sum");
  for (const NamedView& view : named_views()) print_timing(backend, device_index, view, limit);
  if (backend.name == "cuda" || backend.name == "cuda-refill")
    print_timing(backend, device_index, kGoal, limit);
}

}  // namespace mandel::check
