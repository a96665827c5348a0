// See self_test.h. The rows hold exterior, boundary and interior pixels and cost about 0.3 M
// iterations, a millisecond for `scalar`.
#include "kernels/self_test.h"

#include <array>
#include <vector>

#include "kernels/device_error.h"
#include "kernels/device_list.h"
#include "kernels/grid.h"

namespace mandel {
namespace {

struct GoldenRow {
  std::uint32_t row;  // of the tutorial's grid for request 1000
  std::uint64_t hash;
};

constexpr std::uint32_t kMaxIter = 1000;
constexpr std::array<GoldenRow, 3> kGolden = {{
    {132, 0x0169cf93e4a2af03u},
    {368, 0xbdc04221d6c3010bu},
    {374, 0x91910d44e7c048e7u},
}};

// FNV-1a over the counts' little-endian bytes: short, and free of dependencies.
std::uint64_t hash_counts(std::span<const std::uint32_t> counts) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const std::uint32_t count : counts) {
    for (int shift = 0; shift < 32; shift += 8) {
      hash ^= (count >> shift) & 0xffu;
      hash *= 0x100000001b3u;
    }
  }
  return hash;
}

}  // namespace

std::optional<std::string> self_test_failure(const Backend& backend) {
  if (const auto kernel = backend.make()) return self_test_failure(*kernel, backend.semantics);
  std::string failure = "this machine can't run it";
  if (backend.devices != nullptr) failure += ": " + backend.devices().why_none;
  return failure;
}

std::optional<std::string> self_test_failure(Kernel& kernel, std::string_view semantics) try {
  const Axes axes = tutorial_axes(1000);
  std::vector<std::uint32_t> counts(axes.xs.size());
  for (const GoldenRow& golden : kGolden) {
    kernel.run(axes.xs, std::span(axes.ys).subspan(golden.row, 1), kMaxIter, counts, {});
    if (semantics == kExactF64 && hash_counts(counts) != golden.hash)
      return "wrong counts in row " + std::to_string(golden.row) +
             " of the tutorial's picture (was it built with -ffp-contract=off?)";
  }
  return std::nullopt;
} catch (const DeviceError& error) {
  return error.what();
}

}  // namespace mandel
