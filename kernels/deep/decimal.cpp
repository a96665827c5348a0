// See decimal.h.
#include "kernels/deep/decimal.h"

#include <algorithm>
#include <charconv>

namespace mandel {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::int64_t kPlainExponentMax = 5;  // written without an exponent up to here, both ways

// Takes the digits at the front of `text`.
std::string_view take_digits(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_not_of(kDigits), text.size());
  const std::string_view digits = text.substr(0, end);
  text.remove_prefix(end);
  return digits;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == any_of.npos) return false;
  text.remove_prefix(1);
  return true;
}

// Takes a sign, if there is one: is it a minus?
bool take_minus(std::string_view& text) {
  if (take(text, "-")) return true;
  take(text, "+");
  return false;
}

// All of `text` as an exponent.
std::optional<std::int64_t> parse_exponent(std::string_view text) {
  const bool is_negative = take_minus(text);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // (from_chars() would take a second minus.)
  if (error != std::errc{} || end != text.data() + text.size() || text.front() == '-' ||
      value > std::int64_t{1} << 32)
    return std::nullopt;
  return is_negative ? -value : value;
}

// Takes zeros away at both ends.
Decimal normalized(Decimal decimal) {
  std::string& digits = decimal.digits;
  digits.erase(0, digits.find_first_not_of('0'));
  if (digits.empty()) return {};
  const std::size_t kept = digits.find_last_not_of('0') + 1;
  decimal.exponent += static_cast<std::int64_t>(digits.size() - kept);
  digits.resize(kept);
  return decimal;
}

bool is_in_bounds(const Decimal& decimal) {
  return decimal.is_zero() || (decimal.digits.size() <= kDecimalDigitsMax &&
                               decimal.leading_exponent() <= kDecimalExponentMax &&
                               decimal.exponent >= -kDecimalExponentMax);
}

// Its digits with a point among them, or zeros at one end.
std::string plain_text(const Decimal& decimal) {
  std::string text = decimal.digits;
  const auto size = static_cast<std::int64_t>(text.size());
  const auto zeros = [](std::int64_t count) {
    return std::string(static_cast<std::size_t>(count), '0');
  };
  if (decimal.exponent >= 0) return text.append(zeros(decimal.exponent));
  const std::int64_t before_point = size + decimal.exponent;
  if (before_point <= 0) return zeros(1 - before_point).insert(1, 1, '.').append(text);
  return text.insert(static_cast<std::size_t>(before_point), 1, '.');
}

}  // namespace

std::optional<Decimal> parse_decimal(std::string_view text) {
  if (text.size() > kDecimalTextMax) return std::nullopt;
  Decimal decimal;
  decimal.is_negative = take_minus(text);
  decimal.digits = take_digits(text);
  if (take(text, ".")) {
    const std::string_view fraction = take_digits(text);
    decimal.digits += fraction;
    decimal.exponent = -static_cast<std::int64_t>(fraction.size());
  }
  if (decimal.digits.empty()) return std::nullopt;
  if (take(text, "eE")) {
    const auto exponent = parse_exponent(text);
    if (!exponent) return std::nullopt;
    decimal.exponent += *exponent;
    text = {};
  }
  if (!text.empty()) return std::nullopt;
  decimal = normalized(std::move(decimal));
  if (!is_in_bounds(decimal)) return std::nullopt;
  return decimal;
}

std::string to_text(const Decimal& decimal) {
  if (decimal.is_zero()) return "0";
  std::string text = decimal.is_negative ? "-" : "";
  const std::int64_t leading = decimal.leading_exponent();
  if (leading >= -kPlainExponentMax && leading <= kPlainExponentMax)
    return text.append(plain_text(decimal));
  text.push_back(decimal.digits.front());
  if (decimal.digits.size() > 1) text.append(".").append(decimal.digits, 1);
  return text.append("e").append(std::to_string(leading));
}

}  // namespace mandel
