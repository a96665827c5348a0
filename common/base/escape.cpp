// See escape.h. What is UTF-8 and what not is nlohmann-json's to know: its writer replaces the
// rest.
#include "common/base/escape.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <vector>

namespace mandel {
namespace {

std::string valid_utf8(std::string_view text) {
  using nlohmann::json;
  const std::string written = json(text).dump(-1, ' ', false, json::error_handler_t::replace);
  return json::parse(written).get<std::string>();
}

// XML has no way to say these.
bool is_forbidden(char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t'; }

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

std::string escape(std::string_view text) {
  std::string escaped;
  for (const char c : valid_utf8(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += is_forbidden(c) ? ' ' : c;
    }
  }
  // U+FFFE and U+FFFF, the two others that XML leaves out.
  for (const char* none : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"})
    for (auto at = escaped.find(none); at != std::string::npos; at = escaped.find(none, at))
      escaped.replace(at, 3, "\xEF\xBF\xBD");
  return escaped;
}

std::string filled(std::string_view page, const Marks& marks) {
  std::string text;
  for (std::string_view rest = page; !rest.empty();) {
    const std::size_t begin = rest.find("<!--");
    text += rest.substr(0, begin);
    if (begin == std::string_view::npos) break;
    const std::size_t end = rest.find("-->", begin) + 3;
    const auto mark = marks.find(rest.substr(begin + 4, end - begin - 7));
    if (mark != marks.end()) text += mark->second;
    rest.remove_prefix(end);
  }
  return text;
}

std::string shorten(std::string_view text, std::size_t most) {
  std::vector<std::size_t> starts;  // of characters
  for (std::size_t at = 0; at < text.size(); ++at)
    if (!continues_character(text[at])) starts.push_back(at);
  if (starts.size() <= most) return std::string(text);
  const std::size_t after = (most - 1) / 2;  // the dots
  const std::size_t before = most - 1 - after;
  return fmt::format("{}…{}", text.substr(0, starts[before]),
                     text.substr(starts[starts.size() - after]));
}

}  // namespace mandel
