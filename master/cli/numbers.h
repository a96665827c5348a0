// Numbers in the text of an option. Not a stream: "1,2x" must not pass for 1,2.
#pragma once

#include <charconv>
#include <span>
#include <string_view>
#include <system_error>

namespace mandel {

// `text` as exactly values.size() numbers with `separator` between.
template <typename Number>
bool parse_numbers(std::string_view text, char separator, std::span<Number> values) {
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (k > 0) {
      if (at == end || *at != separator) return false;
      ++at;
    }
    const auto [next, error] = std::from_chars(at, end, values[k]);
    if (error != std::errc{}) return false;
    at = next;
  }
  return at == end;
}

}  // namespace mandel
