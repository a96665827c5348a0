// See compare.h. The reference is scalar.h's loop, compiled here again.
#include "tests/unit/kernels/compare.h"

#include <algorithm>
#include <sstream>

#include "kernels/cpu/scalar.h"

namespace mandel {
namespace {

constexpr std::uint32_t kUntouched = 0xdeadbeef;  // no count: they are below 2^31
constexpr std::size_t kFenceCells = 64;

}  // namespace

Reference reference(const Axes& axes, std::uint32_t max_iter) {
  Reference reference;
  reference.counts.reserve(axes.xs.size() * axes.ys.size());
  for (const double cy : axes.ys) {
    for (const double cx : axes.xs) {
      Orbit orbit;
      advance(orbit, cx, cy, max_iter);
      reference.counts.push_back(orbit.escaped ? orbit.n - 1 : 0);
      reference.iterations += orbit.n;
    }
  }
  return reference;
}

std::optional<std::string> difference(Kernel& kernel, const Axes& axes, std::uint32_t max_iter,
                                      const Reference& expected) {
  const std::size_t cells = axes.xs.size() * axes.ys.size();
  std::vector<std::uint32_t> fenced(cells + kFenceCells, kUntouched);
  const std::span<std::uint32_t> out = std::span(fenced).first(cells);
  if (kernel.run(axes.xs, axes.ys, max_iter, out, {}).stopped)
    return "reports a stop that nobody asked for";
  if (std::ranges::count(std::span(fenced).last(kFenceCells), kUntouched) != kFenceCells)
    return "wrote past the end of its output";
  std::size_t wrong = 0;
  std::ostringstream first;
  first.precision(17);
  for (std::size_t cell = 0; cell < cells; ++cell) {
    if (out[cell] == expected.counts[cell]) continue;
    if (wrong++ > 0) continue;
    const std::size_t row = cell / axes.xs.size();
    const std::size_t column = cell % axes.xs.size();
    first << "row " << row << ", column " << column << ", c = " << axes.xs[column] << " + "
          << axes.ys[row] << " i: count " << out[cell] << " instead of " << expected.counts[cell];
  }
  if (wrong == 0) return std::nullopt;
  first << " (" << wrong << " of " << cells << " pixels are wrong)";
  return first.str();
}

}  // namespace mandel
