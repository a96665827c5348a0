// Decimals of any length, exactly as they were written. Not a double, which ends after 17 digits,
// nor a binary number of many bits, in which 0.1 has no exact value: the definition of true-count
// starts from these very digits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mandel {

// Bounds of what is read: more than any picture needs, and quick to compute with.
inline constexpr std::size_t kDecimalDigitsMax = 20'000;
inline constexpr std::int64_t kDecimalExponentMax = 20'000;  // of the first and the last digit
inline constexpr std::size_t kDecimalTextMax = 65'536;

// The number (-1)^is_negative * digits * 10^exponent. `digits` has no zero at either end; it is
// empty for 0, whose exponent is 0. So equal numbers are equal member by member.
struct Decimal {
  bool is_negative = false;
  std::string digits;
  std::int64_t exponent = 0;

  bool is_zero() const { return digits.empty(); }
  // Of its first digit: 4 for 12345. Not for 0.
  std::int64_t leading_exponent() const {
    return exponent + static_cast<std::int64_t>(digits.size()) - 1;
  }
  bool operator==(const Decimal&) const = default;
};

// All of `text`: [+-]digits[.digits][e[+-]digits]. Nothing if it is none, or beyond the bounds.
std::optional<Decimal> parse_decimal(std::string_view text);

// The one way to write it: "0", "2", "-1.25", "7.5e-31". Short numbers near 1 need no exponent.
std::string to_text(const Decimal& decimal);

}  // namespace mandel
