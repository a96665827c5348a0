// The orbit of one point, the view's centre, to more digits than a double has: other pixels' orbits
// are computed as differences to it. It carries a proved bound of its own error (ball.h), so a
// pixel may trust it. Any point would do: it need not be in the set, nor periodic, and it may
// differ from worker to worker, since no count depends on it.
#pragma once

#include <cstdint>
#include <gmpxx.h>
#include <vector>

#include "kernels/deep/units.h"
#include "kernels/stop_poll.h"

namespace mandel {

// A place of the orbit where |Z|^2 is near 4: the difference from 4, with its own digits, since a
// view may lie across a line where it is smaller than any rounding of Z.
struct NearTwo {
  std::uint32_t m = 0;
  WidePair square_minus_4;
  Wide error;  // with what its own rounding left out
};

struct Reference {
  // Z(m) = x[m] + i y[m] for m = 0, 1, ..., steps(). All but the last are surely within |Z| <= 2.
  // |stored - true| <= 1.02 * unit * |Z|, where unit is 2^-53 of x[m].hi and y[m].hi alone and
  // 2^-103 of both parts, short of underflow: entries below 2^-880 are in `tiny`, and 0 here.
  std::vector<Pair> x, y;
  std::vector<Complex<Triple>> triples;  // the same with a unit of 2^-190; empty if not asked for
  struct Tiny {
    std::uint32_t m = 0;
    WidePair x, y;
  };
  std::vector<Tiny> tiny;         // by m
  std::vector<NearTwo> near_two;  // by m: every m with ||Z|^2 - 4| < 1/2
  // The last entry's: where Z comes as good as back to 0, 0 is stored, and the orbit ends, since
  // from there it is itself again.
  Wide last_error;
  bool is_stopped = false;  // by the poll: not to be used

  std::size_t bytes() const {
    return x.size() * 2 * sizeof(Pair) + triples.size() * sizeof(Complex<Triple>) +
           near_two.size() * sizeof(NearTwo);
  }
  std::uint32_t steps() const { return static_cast<std::uint32_t>(x.size() - 1); }
  // Z(m), rounded to numbers of type R.
  template <typename R>
  Complex<R> at(std::uint32_t m) const {
    if constexpr (std::is_same_v<R, Triple>)
      return triples[m];
    else if constexpr (kIsWide<R>)
      if (x[m].hi == 0 && y[m].hi == 0)
        if (const Tiny* entry = find_tiny(m)) return {rounded<R>(entry->x), rounded<R>(entry->y)};
    return {rounded<R>(x[m]), rounded<R>(y[m])};
  }
  // Null if there is none for m.
  const Tiny* find_tiny(std::uint32_t m) const;
  const NearTwo* find_near_two(std::uint32_t m) const;
};

// The orbit of x + iy until it may leave |Z| <= 2, or for max_iter steps. pixel_bits: as in
// exact.h. Throws DeepError if it would take more than bytes_max of memory.
Reference reference_orbit(const mpq_class& x, const mpq_class& y, std::uint32_t max_iter,
                          long pixel_bits, std::size_t bytes_max, const StopPoll& stop,
                          bool has_triples = false);

// The orbit of 0, which stays there: for views so wide that a double holds c itself.
Reference orbit_of_zero();

}  // namespace mandel
