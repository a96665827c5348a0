// See key_values.h.
#include "master/places/key_values.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>

#include "common/base/text.h"

namespace mandel {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

// Takes what comes before `end`, and `end` itself. All, if that is not there.
std::string_view take_until(std::string_view& text, std::string_view end) {
  const std::size_t size = std::min(text.find(end), text.size());
  const std::string_view taken = text.substr(0, size);
  text.remove_prefix(std::min(size + end.size(), text.size()));
  return taken;
}

// A long text of TOML is written in many lines, each but the last ending with a backslash. Numbers
// have neither spaces nor backslashes, so that all of them go.
std::string joined(std::string_view lines) {
  std::string result(lines);
  std::erase_if(result, [](unsigned char c) { return c == '\\' || std::isspace(c) != 0; });
  return result;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {
    if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);  // UTF-8's mark
  }

  Result<std::vector<KeyValue>> read() {
    while (!rest_.empty()) {
      const bool is_ended = rest_.find('\n') != rest_.npos;
      const std::string_view from_here = rest_;
      const std::string_view line = trimmed(take_until(rest_, "\n"));
      if (line.empty() || line.front() == '#' || line.front() == ';') continue;
      if (line.front() == '[') {
        if (line.back() == ']') read_heading(line);
        continue;
      }
      const std::size_t at = line.find_first_of("=:");
      if (at == line.npos) continue;
      KeyValue entry{.key = heading_ + lower(trimmed(line.substr(0, at))),
                     .value = "",
                     .separator = line[at],
                     .is_quoted = false,
                     .is_complete = is_ended};
      const std::string_view value = trimmed(line.substr(at + 1));
      if (entry.separator == '=' && !value.empty() && (value[0] == '"' || value[0] == '\'')) {
        rest_ = from_here.substr(static_cast<std::size_t>(value.data() - from_here.data()));
        if (auto read = read_quoted(entry); !read) return tl::unexpected(read.error());
      } else {
        entry.value =
            trimmed(value.substr(0, entry.separator == '=' ? value.find('#') : value.npos));
        if (entry.value.starts_with('[')) skip_list(entry.value);
      }
      entries_.push_back(std::move(entry));
    }
    return std::move(entries_);
  }

 private:
  void read_heading(std::string_view line) {
    const std::size_t begin = line.find_first_not_of("[ \t");
    const std::size_t end = line.find_last_not_of("] \t");
    heading_ =
        begin == line.npos || begin > end ? "" : lower(line.substr(begin, end + 1 - begin)) + ".";
  }

  // From the opening quote on.
  Result<void> read_quoted(KeyValue& entry) {
    entry.is_quoted = true;
    const std::string triple(3, rest_[0]);
    const bool is_long = rest_.starts_with(triple);
    const std::string_view quote = rest_.substr(0, is_long ? 3 : 1);
    rest_.remove_prefix(quote.size());
    const std::size_t end = rest_.find(quote);
    if (end == rest_.npos || (!is_long && end > rest_.find('\n')))
      return fail(
          fmt::format("the text of '{}' has no end: is the file cut short?", printable(entry.key)));
    const std::string_view inside = take_until(rest_, quote);
    entry.value = is_long ? joined(inside) : std::string(inside);
    take_until(rest_, "\n");
    return {};
  }

  // A palette may have many lines.
  void skip_list(std::string_view first_line) {
    auto depth = std::ranges::count(first_line, '[') - std::ranges::count(first_line, ']');
    while (depth > 0 && !rest_.empty()) {
      const std::string_view line = take_until(rest_, "\n");
      depth += std::ranges::count(line, '[') - std::ranges::count(line, ']');
    }
  }

  std::string_view rest_;
  std::string heading_;  // "" or "heading."
  std::vector<KeyValue> entries_;
};

}  // namespace

Result<std::vector<KeyValue>> key_values(std::string_view text) { return Reader(text).read(); }

}  // namespace mandel
