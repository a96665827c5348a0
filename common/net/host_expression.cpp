// See host_expression.h.
#include "common/net/host_expression.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fmt/format.h>
#include <optional>

namespace mandel {
namespace {

constexpr std::string_view kOfRanges = "0123456789,-";

struct Bracket {
  std::size_t open;
  std::size_t close;
};

// The first that counts.
std::optional<Bracket> find_bracket(std::string_view word) {
  for (std::size_t open = word.find('['); open != std::string_view::npos;
       open = word.find('[', open + 1)) {
    const std::size_t close = word.find_first_not_of(kOfRanges, open + 1);
    if (close != std::string_view::npos && word[close] == ']' && close > open + 1)
      return Bracket{open, close};
  }
  return std::nullopt;
}

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_all = error == std::errc{} && end == text.data() + text.size();
  return is_all ? std::optional(value) : std::nullopt;
}

// "01-16" or "7", appended.
Result<void> count_through(std::string_view range, std::vector<std::string>& numbers) {
  const std::size_t dash = range.find('-');
  const std::string_view first = range.substr(0, dash);
  const std::string_view last = dash == std::string_view::npos ? first : range.substr(dash + 1);
  const auto low = number(first);
  const auto high = number(last);
  if (!low || !high || *low > *high)
    return fail(fmt::format("'{}' is no range: give LOW-HIGH, like 1-16", range));
  if (*high - *low >= kHostsMax)
    return fail(fmt::format("'{}' is more than {} hosts", range, kHostsMax));
  const std::size_t width = first.starts_with('0') ? first.size() : 0;
  for (std::uint32_t value = *low; value <= *high; ++value)
    numbers.push_back(fmt::format("{:0{}}", value, width));
  return {};
}

Result<std::vector<std::string>> expand(std::string_view word) {
  const auto bracket = find_bracket(word);
  if (!bracket) return std::vector{std::string(word)};
  std::vector<std::string> numbers;
  for (const auto range :
       split_hosts(word.substr(bracket->open + 1, bracket->close - bracket->open - 1)))
    if (auto counted = count_through(range, numbers); !counted)
      return tl::unexpected(counted.error());
  const auto rests = expand(word.substr(bracket->close + 1));
  if (!rests) return tl::unexpected(rests.error());
  if (numbers.size() * rests->size() > kHostsMax)
    return fail(fmt::format("it is more than {} hosts", kHostsMax));
  std::vector<std::string> hosts;
  for (const std::string& each : numbers)
    for (const std::string& rest : *rests)
      hosts.push_back(fmt::format("{}{}{}", word.substr(0, bracket->open), each, rest));
  return hosts;
}

}  // namespace

std::string_view without_spaces(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n";
  const auto begin = text.find_first_not_of(kSpaces);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpaces) + 1 - begin);
}

std::vector<std::string_view> split_hosts(std::string_view list) {
  std::vector<std::string_view> words;
  std::size_t begin = 0;
  bool is_inside = false;
  for (std::size_t at = 0; at <= list.size(); ++at) {
    if (at == list.size() || (list[at] == ',' && !is_inside)) {
      words.push_back(without_spaces(list.substr(begin, at - begin)));
      begin = at + 1;
    } else if (list[at] == '[' || list[at] == ']') {
      is_inside = list[at] == '[';
    }
  }
  return words;
}

Result<std::vector<std::string>> expand_hosts(std::string_view list) {
  std::vector<std::string> hosts;
  for (const auto word : split_hosts(list)) {
    auto expanded = expand(word);
    if (!expanded) return fail(fmt::format("'{}': {}", word, expanded.error().what));
    if (hosts.size() + expanded->size() > kHostsMax)
      return fail(fmt::format("'{}': with it there are more than {} hosts", word, kHostsMax));
    std::ranges::move(*expanded, std::back_inserter(hosts));
  }
  return hosts;
}

}  // namespace mandel
