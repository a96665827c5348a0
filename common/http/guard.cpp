// See guard.h.
#include "common/http/guard.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <fmt/format.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace mandel {
namespace {

bool is_same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// However much of it is right, it takes the same time.
bool is_secret(std::string_view given, std::string_view secret) {
  if (given.size() != secret.size()) return false;
  unsigned difference = 0;
  for (std::size_t k = 0; k < secret.size(); ++k)
    difference |= static_cast<unsigned>(given[k]) ^ static_cast<unsigned>(secret[k]);
  return difference == 0;
}

bool is_known_host(std::string_view text, const Address& named) {
  const auto host = parse_address(text, {.may_be_zero = true});
  return host && (is_numeric(*host) || is_same_name(host->host, "localhost") ||
                  is_same_name(host->host, named.host));
}

bool is_same_origin(std::string_view origin, std::string_view host) {
  constexpr std::string_view kScheme = "http://";
  return origin.starts_with(kScheme) && is_same_name(origin.substr(kScheme.size()), host);
}

std::string_view query_of(std::string_view target) {
  const auto mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

// The same place without the token. "//a.example/" would be another machine's.
std::string without_token(std::string_view target) {
  std::string_view path = target.substr(0, target.find('?'));
  while (path.starts_with("//")) path.remove_prefix(1);
  std::string place(path);
  std::string_view rest = query_of(target);
  char mark = '?';
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    if (!part.starts_with("token=")) place.append(1, std::exchange(mark, '&')).append(part);
  }
  return place;
}

HttpResponse refusal(int status, std::string why) {
  return {.status = status, .body = std::move(why) + '\n'};
}

}  // namespace

std::optional<HttpResponse> Guard::turn_away(const HttpHead& head) const {
  if (!allows_any_host && !is_known_host(head.host, named))
    return refusal(403, "this is served under its address, localhost and its own name only");
  if (!head.origin.empty() && !is_same_origin(head.origin, head.host))
    return refusal(403, "this is not for pages of other servers");
  if (head.method != "GET" && head.method != "HEAD") {
    auto answer = refusal(405, "only GET and HEAD are served");
    answer.headers = {{"Allow", "GET, HEAD"}};
    return answer;
  }
  if (!head.target.starts_with('/')) return refusal(400, "a path must begin with a slash");
  if (token.empty()) return std::nullopt;
  // Browsers keep cookies by host, whatever the port: two masters of one machine need two names.
  const std::string cookie = fmt::format("mandel-{}", named.port);
  if (is_secret(value_in(query_of(head.target), '&', "token").value_or(""), token))
    return HttpResponse{
        .status = 303,
        .headers = {{"Location", without_token(head.target)},
                    {"Set-Cookie",
                     fmt::format("{}={}; SameSite=Strict; HttpOnly; Path=/", cookie, token)}}};
  if (is_secret(value_in(head.cookies, ';', cookie).value_or(""), token)) return std::nullopt;
  auto answer = refusal(401, "open the whole address that the program printed, with its token");
  answer.headers = {{"WWW-Authenticate", "Token"}};
  return answer;
}

std::string random_token() {
  std::array<unsigned char, 16> bytes{};
  if (getentropy(bytes.data(), bytes.size()) != 0)
    throw std::system_error(errno, std::generic_category(), "getentropy");
  return fmt::format("{:02x}", fmt::join(bytes, ""));
}

}  // namespace mandel
