// The table of jumps over many iterations at once (bilinear approximation, BLA), each with a proved
// remainder: delta(m + l) = A delta + B d + r. Others leave r out and choose their tolerance by
// taste; here it is part of every pixel's error bound, so the tolerance costs time or digits, never
// a count. Derivation and constants: docs/deep.md, "Jumps".
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "kernels/deep/complex.h"
#include "kernels/deep/reference.h"

namespace mandel {

// R: the numbers of orbits. B: those of bounds.
template <typename R, typename B>
struct Jump {
  Complex<R> a, b;
  B size{};    // >= |A|, of the true and the stored A
  B g{};       // |B_j| |d| <= |A_j| g, for every pixel's d and after every step j of the jump
  B k{};       // |r| <= k (|delta| + g)^2
  B radius{};  // for |delta| up to this: all that is said here; nobody escapes on the way
};

template <typename R, typename B>
class Jumps {
 public:
  // Levels of 2^k steps. Longer ones pay nothing, and the bound needs 2^k * unit to be tiny. Short
  // ones would be most of a table of triples, and save few of their steps.
  static constexpr unsigned kFirstLevel = std::is_same_v<R, Triple> ? 5 : 2, kLevels = 20;

  // Null if there is none.
  struct Found {
    const Jump<R, B>* jump = nullptr;
    std::uint32_t steps = 0;
  };

  // The longest jump from m that holds for |delta| <= size and is at most `steps_max` steps long.
  Found find(std::uint32_t m, B size, std::uint32_t steps_max) const {
    std::uint32_t block = m - 1;  // counts jumps of the level from m = 1 on
    if (m == 0 || block % (1u << kFirstLevel) != 0) return {};
    block >>= kFirstLevel;
    Found found;
    for (unsigned k = kFirstLevel; k < levels_.size(); ++k, block >>= 1) {
      if (block >= levels_[k].size() || (std::uint32_t{1} << k) > steps_max) break;
      const Jump<R, B>& jump = levels_[k][block];
      if (!(size <= jump.radius)) break;
      found = {&jump, std::uint32_t{1} << k};
      if (block % 2 != 0) break;
    }
    return m == 1 ? longer(found, size, steps_max) : found;
  }

  // Is there any, where max_iter is far?
  bool may_begin(std::uint32_t m, B size) const {
    const std::uint32_t block = (m - 1) >> kFirstLevel;
    return m % (1u << kFirstLevel) == 1 && block < shortest_.size() && size <= shortest_[block];
  }

 private:
  Found longer(Found found, B size, std::uint32_t steps_max) const {
    const auto end = std::ranges::partition_point(from_start_, [&](const FromStart& one) {
      return size <= one.jump.radius && one.steps <= steps_max;
    });
    if (end == from_start_.begin() || std::prev(end)->steps <= found.steps) return found;
    return {&std::prev(end)->jump, std::prev(end)->steps};
  }

  template <typename R2, typename B2>
  friend class JumpBuilder;
  std::vector<std::vector<Jump<R, B>>> levels_;
  std::vector<B> shortest_;  // radii of the first level, side by side
  // From m = 1, where orbits are after their first step and after each rebase: of more and more
  // steps, for smaller and smaller radii, since there 2^k steps are seldom just as far as one can.
  struct FromStart {
    Jump<R, B> jump;
    std::uint32_t steps;
  };
  std::vector<FromStart> from_start_;
};

}  // namespace mandel
