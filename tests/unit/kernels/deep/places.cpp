// See places.h.
#include "tests/unit/kernels/deep/places.h"

#include <gmpxx.h>

#include "kernels/deep/decimal.h"
#include "kernels/deep/exact.h"
#include "kernels/deep/oracle.h"

namespace mandel {
namespace {

using Random = std::mt19937_64;

long between(Random& random, long low, long high) {
  return std::uniform_int_distribution<long>(low, high)(random);
}

// A decimal with so many digits after the point, cut off.
std::string text_of(const mpq_class& value, long digits) {
  mpz_class power;
  mpz_ui_pow_ui(power.get_mpz_t(), 10, static_cast<unsigned long>(digits));
  const mpz_class cut = value.get_num() * power / value.get_den();
  return to_text(parse_decimal(cut.get_str() + "e-" + std::to_string(digits)).value());
}

mpq_class random_between(Random& random, long low, long high) {
  mpq_class value(between(random, low * 1'000'000, high * 1'000'000), 1'000'000);
  value.canonicalize();
  return value;
}

// Of a point of the plane.
struct Point {
  mpq_class x, y;
};

bool escapes(const Point& c, std::uint32_t max_iter, long bits) {
  return known_orbit(c.x, c.y) == KnownOrbit::kEscapesAtOnce ||
         true_count(c.x, c.y, max_iter, bits, {}).count != 0;
}

// Halves the way between a point that escapes within max_iter and one that does not: that ends on
// the contour |z(max_iter)| = 2. As near as 2^-bits.
Point contour(Random& random, std::uint32_t max_iter, long bits) {
  Point out{random_between(random, -2, 1), random_between(random, -1, 1)};
  while (!escapes(out, max_iter, 20)) out.y += mpq_class(1, 7);
  Point in{mpq_class(-1, 10), mpq_class(1, 20)};
  for (long k = 0; k < bits; ++k) {
    const Point middle{(in.x + out.x) / 2, (in.y + out.y) / 2};
    (escapes(middle, max_iter, k) ? out : in) = middle;
  }
  return in;
}

// The nucleus of period 3 on the real axis: c^3 + 2c^2 + c + 1 = 0, by Newton's method.
mpq_class nucleus(long digits) {
  mpf_class c("-1.7548776662466927", static_cast<mp_bitcnt_t>(4 * digits + 64));
  for (int k = 0; k < 12; ++k) c -= (((c + 2) * c + 1) * c + 1) / ((3 * c + 4) * c + 1);
  return mpq_class(c);
}

}  // namespace

DeepCase random_deep_case(Random& random, long depth_max) {
  DeepCase made;
  const long depth = between(random, 3, depth_max);
  const long digits = depth + 4;
  Point c;
  switch (between(random, 0, 5)) {
    case 0: {
      made.kind = "contour";  // few iterations, far below their structure
      made.max_iter = static_cast<std::uint32_t>(between(random, 3, 60));
      c = contour(random, made.max_iter, digits * 10 / 3);
      made.max_iter += static_cast<std::uint32_t>(between(random, 0, 5));
      break;
    }
    case 1: {
      made.kind = "boundary";
      made.max_iter = static_cast<std::uint32_t>(between(random, 100, 200 + 60'000 / depth));
      c = contour(random, made.max_iter, digits * 10 / 3);
      break;
    }
    case 2: {
      made.kind = "needle";
      made.max_iter = static_cast<std::uint32_t>(between(random, 20, 2000));
      c.x = mpq_class("-2");
      break;
    }
    case 3: {
      made.kind = "real axis";
      made.max_iter = static_cast<std::uint32_t>(between(random, 20, 2000));
      c.x = random_between(random, -2, 0);
      break;
    }
    case 4: {
      made.kind = "minibrot";
      made.max_iter = static_cast<std::uint32_t>(between(random, 20, 2000));
      c.x = nucleus(digits);
      break;
    }
    default: {
      made.kind = "anywhere";
      made.max_iter = static_cast<std::uint32_t>(between(random, 0, 500));
      c = {random_between(random, -2, 2), random_between(random, -2, 2)};
      break;
    }
  }
  const std::string step = std::to_string(between(random, 1, 9)) + "e-" + std::to_string(depth);
  const std::string canonical = to_text(parse_decimal(step).value());
  made.view = {text_of(c.x, digits),
               text_of(c.y, digits),
               canonical,
               canonical,
               static_cast<std::uint32_t>(between(random, 1, 5)),
               static_cast<std::uint32_t>(between(random, 1, 5))};
  return made;
}

}  // namespace mandel
