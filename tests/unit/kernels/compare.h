// The one comparison that all tests of kernels go through: every pixel against the definition.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernels/grid.h"
#include "kernels/kernel.h"

namespace mandel {

// What the definition gives, and how many iterations it takes.
struct Reference {
  std::vector<std::uint32_t> counts;
  std::uint64_t iterations = 0;
};

Reference reference(const Axes& axes, std::uint32_t max_iter);

// Runs the kernel and compares. Nothing if all is well; else one sentence: the first pixel that
// differs and how many do, or a write past the end of `out`.
std::optional<std::string> difference(Kernel& kernel, const Axes& axes, std::uint32_t max_iter,
                                      const Reference& expected);

}  // namespace mandel
