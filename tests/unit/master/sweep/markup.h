// Is a page or a drawing well-formed? As much of XML as our own writers use: enough to notice a tag
// that is never closed, an attribute that is cut off, and text that was not escaped.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mandel {

// Reads the tag that begins at `at`, quoted attributes and all; npos if it never ends.
inline std::size_t end_of_tag(std::string_view text, std::size_t at) {
  char quote = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (quote != 0)
      quote = c == quote ? 0 : quote;
    else if (c == '"')
      quote = c;
    else if (c == '>')
      return at;
  }
  return std::string_view::npos;
}

// The first thing that is wrong; empty if nothing is.
inline std::string markup_problem(std::string_view text) {
  const std::set<std::string, std::less<>> empty = {"!DOCTYPE", "meta", "br"};
  std::vector<std::string> open;
  for (std::size_t at = 0; (at = text.find_first_of("<&", at)) != std::string_view::npos; ++at) {
    if (text[at] == '&') {
      const std::size_t semicolon = text.find(';', at);
      if (semicolon == std::string_view::npos || semicolon - at > 6)
        return "bare & at " + std::string(text.substr(at, 40));
      continue;
    }
    const std::size_t end = end_of_tag(text, at);
    if (end == std::string_view::npos) return "no end: " + std::string(text.substr(at, 40));
    const bool closes = text[at + 1] == '/';
    const std::size_t from = at + (closes ? 2 : 1);
    const std::string name(text.substr(from, text.find_first_of(" />", from) - from));
    if (closes) {
      if (open.empty() || open.back() != name) return "unexpected </" + name + ">";
      open.pop_back();
    } else if (text[end - 1] != '/' && !empty.contains(name)) {
      open.push_back(name);
    }
    at = end;
    // What is between these is no markup.
    if (!closes && (name == "script" || name == "style")) at = text.find("</" + name, at) - 1;
  }
  return open.empty() ? "" : "never closed: " + open.back();
}

inline std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string_view::npos; at += part.size())
    ++count;
  return count;
}

}  // namespace mandel
