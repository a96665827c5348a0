// The exact rational numbers behind a DeepView, and the few that have a count by theorem. GMP's
// rationals, since a step of 1/3 of a decimal has no finite expansion, nor has half a pixel in
// binary times a decimal.
#pragma once

#include <gmpxx.h>
#include <optional>

#include "kernels/deep/decimal.h"
#include "kernels/deep/view.h"

namespace mandel {

mpq_class rational(const Decimal& decimal);

// With `digits` digits at most: exact where these are enough, else to nearest.
Decimal rounded(const mpq_class& value, std::size_t digits);

// The points of a view without defects.
class ExactGrid {
 public:
  explicit ExactGrid(const DeepView& view);

  mpq_class x(std::uint32_t column) const;
  mpq_class y(std::uint32_t row) const;
  const mpq_class& centre_x() const { return centre_x_; }
  const mpq_class& centre_y() const { return centre_y_; }
  const mpq_class& step_x() const { return step_x_; }
  const mpq_class& step_y() const { return step_y_; }
  std::uint32_t rows() const { return rows_; }
  // b with 2^-b <= the smaller step < 2^(1-b); negative for steps above 1.
  long pixel_bits() const { return pixel_bits_; }

 private:
  mpq_class centre_x_, centre_y_, step_x_, step_y_;
  std::uint32_t columns_, rows_;
  long pixel_bits_;
};

// What needs no orbit. On the real axis: c in [-2, 1/4] never escapes (the interval
// [-b, b] with b = (1 + sqrt(1 - 4c)) / 2 <= 2 is mapped into itself, and holds 0). Anywhere:
// |c| > 2 escapes at n = 0. Both have the count 0; c = -2 would be undecided for ever by numbers
// with an error.
enum class KnownOrbit { kNone, kInside, kEscapesAtOnce };
KnownOrbit known_orbit(const mpq_class& x, const mpq_class& y);

// Is |z(n+1)| above 2? In rationals, whose digits double with every n: only for short numbers and
// the first few n, else nothing. Decides the ties that nice decimals make, like c = 1 at n = 1.
std::optional<bool> is_outside_exactly(const mpq_class& x, const mpq_class& y, std::uint32_t n);

}  // namespace mandel
