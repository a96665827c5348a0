// See message.h.
#include "common/http/message.h"

#include <algorithm>

#include "common/base/decimal.h"

namespace mandel {

std::optional<std::string_view> value_in(std::string_view text, char between,
                                         std::string_view name) {
  while (!text.empty()) {
    std::string_view part = text.substr(0, text.find(between));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
    if (part.starts_with(name) && part.substr(name.size(), 1) == "=")
      return part.substr(name.size() + 1);
  }
  return std::nullopt;
}

std::optional<std::string_view> query_value(const HttpRequest& request, std::string_view name) {
  return value_in(request.query, '&', name);
}

std::optional<std::uint64_t> query_number(const HttpRequest& request, std::string_view name) {
  return decimal<std::uint64_t>(query_value(request, name).value_or(""));
}

}  // namespace mandel
