// A request and its answer as the programs' pages see them: values, so that a page is a function
// that tests call without a socket, and no page knows the library that speaks HTTP (server.cpp).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mandel {

struct HttpRequest {
  std::string method = {};  // GET or HEAD
  std::string path = {};    // without the query, as it was sent
  std::string query = {};   // "a=b&c=d"
};

// Of "a=b&c=d" (or of cookies, with another mark between two), the value of a name.
std::optional<std::string_view> value_in(std::string_view text, char between,
                                         std::string_view name);
std::optional<std::string_view> query_value(const HttpRequest& request, std::string_view name);
// Nothing, too, if it is no number.
std::optional<std::uint64_t> query_number(const HttpRequest& request, std::string_view name);

struct HttpResponse {
  int status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body = {};
  // If set, instead of `body`: large bytes that go to many, once in memory.
  std::shared_ptr<const std::string> shared_body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};  // beyond the standard ones
  // If set, the answer is a stream of server-sent events, and this is asked for the next one, whole
  // with its "data: " and empty line: at once, whenever one has been written, and after every
  // notify(). Nothing: there is none yet. So whoever reads slowly gets the newest, not all.
  std::function<std::optional<std::string>()> next_event = {};
};

// Called on the server's one thread.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

}  // namespace mandel
