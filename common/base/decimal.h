// Numbers as people write them, in decimal. Not strtol() and what is built on it: that takes 010
// for eight and 0x10 for sixteen, and makes -1 the largest of all. Not a stream: "1,2x" must not
// pass for 1,2. Leading zeros mean nothing: 010 is ten, as in desk[008-010].
#pragma once

#include <charconv>
#include <cmath>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

namespace mandel {

// All of `text` as one finite number; nothing if it is none, or too large for its type.
template <typename Number>
std::optional<Number> decimal(std::string_view text) {
  Number value{};
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || at != end) return std::nullopt;
  if constexpr (std::is_floating_point_v<Number>)
    if (!std::isfinite(value)) return std::nullopt;  // it reads "nan" and "inf", too
  return value;
}

// `text` as exactly values.size() values with `separator` between, each read by `read`, which
// returns an optional.
template <typename Value, typename Read>
bool parse_list(std::string_view text, char separator, std::span<Value> values, const Read& read) {
  for (std::size_t k = 0; k < values.size(); ++k) {
    const bool is_last = k + 1 == values.size();
    const std::size_t end = is_last ? text.size() : text.find(separator);
    if (end == std::string_view::npos) return false;
    auto value = read(text.substr(0, end));
    if (!value) return false;
    values[k] = *std::move(value);
    text.remove_prefix(is_last ? end : end + 1);
  }
  return true;
}

// The same of numbers.
template <typename Number>
bool parse_decimals(std::string_view text, char separator, std::span<Number> values) {
  return parse_list(text, separator, values, decimal<Number>);
}

}  // namespace mandel
