// The table of jumps over many iterations at once (bilinear approximation, BLA), each with a proved
// remainder: delta(m + l) = A delta + B d + r. Others leave r out and choose their tolerance by
// taste; here it is part of every pixel's error bound, so the tolerance costs time or digits, never
// a count. Derivation and constants: docs/deep.md, "Jumps".
#pragma once

#include <array>
#include <cstdint>
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
  // Levels of 2^k steps. Longer ones pay nothing, and the bound needs 2^k * unit to be tiny.
  static constexpr unsigned kFirstLevel = 2, kLevels = 20;

  // The longest jump from m that holds for |delta| <= size and is at most `steps_max` steps long;
  // null if there is none. Sets `level`: it is 2^level steps long.
  const Jump<R, B>* find(std::uint32_t m, B size, std::uint32_t steps_max, unsigned& level) const {
    std::uint32_t block = m - 1;  // counts jumps of the level from m = 1 on
    if (m == 0 || block % (1u << kFirstLevel) != 0) return nullptr;
    block >>= kFirstLevel;
    const Jump<R, B>* found = nullptr;
    for (unsigned k = kFirstLevel; k < levels_.size(); ++k, block >>= 1) {
      if (block >= levels_[k].size() || (std::uint32_t{1} << k) > steps_max) break;
      const Jump<R, B>& jump = levels_[k][block];
      if (!(size <= jump.radius)) break;
      found = &jump;
      level = k;
      if (block % 2 != 0) break;
    }
    return found;
  }

  // Is there any, where max_iter is far?
  bool may_begin(std::uint32_t m, B size) const {
    const std::uint32_t block = (m - 1) >> kFirstLevel;
    return m % (1u << kFirstLevel) == 1 && block < shortest_.size() && size <= shortest_[block];
  }

 private:
  template <typename R2, typename B2>
  friend class JumpBuilder;
  std::vector<std::vector<Jump<R, B>>> levels_;
  std::vector<B> shortest_;  // radii of the first level, side by side
};

}  // namespace mandel
