// See exact.h.
#include "kernels/deep/exact.h"

#include <algorithm>
#include <utility>

namespace mandel {
namespace {

mpz_class power_of_ten(std::int64_t exponent) {
  mpz_class power;
  mpz_ui_pow_ui(power.get_mpz_t(), 10, static_cast<unsigned long>(exponent));
  return power;
}

// b with 2^-b <= q < 2^(1-b).
long bits_of(const mpq_class& q) {
  const auto size = [](const mpz_class& z) {
    return static_cast<long>(mpz_sizeinbase(z.get_mpz_t(), 2));
  };
  // 2^(s-1) < q < 2^(s+1), with s the difference of the sizes
  const long s = size(q.get_num()) - size(q.get_den());
  mpq_class power(1);
  if (s >= 0) {
    mpq_mul_2exp(power.get_mpq_t(), power.get_mpq_t(), static_cast<mp_bitcnt_t>(s));
  } else {
    mpq_div_2exp(power.get_mpq_t(), power.get_mpq_t(), static_cast<mp_bitcnt_t>(-s));
  }
  return q >= power ? -s : 1 - s;
}

mpq_class from_text(const std::string& text) { return rational(parse_decimal(text).value()); }

// (index - (count - 1) / 2) * step
mpq_class offset(std::uint32_t index, std::uint32_t count, const mpq_class& step) {
  mpq_class halves(2 * static_cast<long>(index) - (static_cast<long>(count) - 1), 2);
  halves.canonicalize();
  return halves * step;
}

}  // namespace

mpq_class rational(const Decimal& decimal) {
  if (decimal.is_zero()) return 0;
  mpq_class value(mpz_class(decimal.digits, 10));
  if (decimal.exponent >= 0) {
    value *= power_of_ten(decimal.exponent);
  } else {
    value /= power_of_ten(-decimal.exponent);
  }
  return decimal.is_negative ? -value : value;
}

Decimal rounded(const mpq_class& value, std::size_t digits) {
  if (value == 0) return {};
  const mpz_class& num = value.get_num();
  const mpz_class& den = value.get_den();
  const auto size = [](const mpz_class& z) {  // of its digits, or one more
    return static_cast<std::int64_t>(mpz_sizeinbase(z.get_mpz_t(), 10));
  };
  std::string text;
  std::int64_t exponent = size(num) - size(den) - static_cast<std::int64_t>(digits) - 2;
  do {
    ++exponent;
    // abs(value) / 10^exponent to nearest: with more digits than wanted, or the most that may be
    mpz_class whole = 2 * abs(num) * power_of_ten(std::max<std::int64_t>(0, -exponent));
    const mpz_class part = den * power_of_ten(std::max<std::int64_t>(0, exponent));
    whole = (whole + part) / (2 * part);
    text = whole.get_str();
  } while (text.size() > digits);
  const std::size_t zeros = text.size() - 1 - text.find_last_not_of('0');
  text.resize(text.size() - zeros);
  return {value < 0, std::move(text), exponent + static_cast<std::int64_t>(zeros)};
}

ExactGrid::ExactGrid(const DeepView& view)
    : centre_x_(from_text(view.re)),
      centre_y_(from_text(view.im)),
      step_x_(from_text(view.step_x)),
      step_y_(from_text(view.step_y)),
      columns_(view.columns),
      rows_(view.rows),
      pixel_bits_(bits_of(std::min(step_x_, step_y_))) {}

mpq_class ExactGrid::x(std::uint32_t column) const {
  return centre_x_ + offset(column, columns_, step_x_);
}

mpq_class ExactGrid::y(std::uint32_t row) const { return centre_y_ - offset(row, rows_, step_y_); }

KnownOrbit known_orbit(const mpq_class& x, const mpq_class& y) {
  // Far fewer digits than a square has decide it nearly always.
  const double size = std::abs(x.get_d()) + std::abs(y.get_d());
  if (size > 1.99 && x * x + y * y > 4) return KnownOrbit::kEscapesAtOnce;
  if (y == 0 && x >= -2 && 4 * x <= 1) return KnownOrbit::kInside;
  return KnownOrbit::kNone;
}

std::optional<bool> is_outside_exactly(const mpq_class& x, const mpq_class& y, std::uint32_t n) {
  constexpr std::size_t kBitsMax = std::size_t{1} << 18;
  const auto bits = [](const mpq_class& q) {
    return mpz_sizeinbase(q.get_num_mpz_t(), 2) + mpz_sizeinbase(q.get_den_mpz_t(), 2);
  };
  mpq_class zx = 0, zy = 0, twice;
  for (std::uint32_t k = 0; k <= n; ++k) {
    if (bits(zx) + bits(zy) > kBitsMax) return std::nullopt;
    twice = 2 * zx * zy;
    zx = zx * zx - zy * zy + x;
    zy = twice + y;
  }
  return zx * zx + zy * zy > 4;
}

}  // namespace mandel
