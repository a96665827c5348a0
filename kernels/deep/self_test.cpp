// The self-test of engine.h: pictures that are small, and known by two ways of computing them (this
// project's oracle, and a program of other bounds).
#include <array>
#include <vector>

#include "kernels/deep/engine.h"

namespace mandel {
namespace {

struct Golden {
  DeepView view;
  std::uint32_t max_iter;
  std::uint64_t sum;
};

// Near the seahorse valley, 1e-11 a pixel: a fifth of a double's counts are wrong here.
const std::array<Golden, 1> kGolden = {{
    {{"-0.743643887037151", "0.13182590420533", "1e-11", "1e-11", 8, 8}, 5000, 79700},
}};

std::string failure_at(const DeepBackend& backend, const Golden& golden) {
  const DeepView& view = golden.view;
  std::vector<std::uint32_t> counts(std::size_t{view.columns} * view.rows);
  backend.make(view, golden.max_iter)->run(0, view.rows, counts, {});
  std::uint64_t sum = 0;
  for (const std::uint32_t count : counts) sum += count;
  if (sum == golden.sum) return "";
  return "wrong counts at " + view.re + ", " + view.im + ": their sum is " + std::to_string(sum) +
         ", not " + std::to_string(golden.sum);
}

}  // namespace

std::string self_test_failure(const DeepBackend& backend) try {
  for (const Golden& golden : kGolden)
    if (auto failure = failure_at(backend, golden); !failure.empty()) return failure;
  return "";
} catch (const DeepError& error) {
  return error.what();
}

}  // namespace mandel
