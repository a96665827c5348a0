// See address.h.
#include "common/net/address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <iterator>
#include <memory>
#include <netdb.h>
#include <sys/socket.h>

namespace mandel {
namespace {

using AddressInfo = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Result<AddressInfo> look_up(const Address& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int error =
      getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &list);
  if (error != 0)
    return fail(fmt::format("'{}' does not resolve: {}", address.host, gai_strerror(error)));
  return AddressInfo(list, freeaddrinfo);
}

Result<Address> numeric_form(const Address& address, const addrinfo& one) {
  std::array<char, NI_MAXHOST> numeric{};
  const int error = getnameinfo(one.ai_addr, one.ai_addrlen, numeric.data(), numeric.size(),
                                nullptr, 0, NI_NUMERICHOST);
  if (error != 0) return fail(fmt::format("'{}': {}", address.host, gai_strerror(error)));
  return Address{numeric.data(), address.port};
}

Result<std::uint16_t> parse_port(std::string_view text, bool zero_ok) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || (port == 0 && !zero_ok))
    return fail(fmt::format("'{}' is no port: give a number from 1 to 65535", text));
  return port;
}

// With or without the interface behind a '%'.
bool is_ipv6(std::string_view host) {
  in6_addr number{};
  const std::string text(host.substr(0, host.find('%')));
  return inet_pton(AF_INET6, text.c_str(), &number) == 1;
}

// As it stands before a port.
std::string in_brackets(const std::string& host) {
  return host.find(':') == std::string::npos ? host : '[' + host + ']';
}

bool legal_host(std::string_view host) {
  // All digits would be taken for a number-and-dots address in its shortest form.
  if (std::ranges::all_of(host, [](unsigned char c) { return std::isdigit(c) != 0; })) return false;
  if (!std::isalnum(static_cast<unsigned char>(host[0])) && host[0] != ':') return false;
  return std::ranges::all_of(host, [](unsigned char c) {
    return std::isalnum(c) || c == '.' || c == '-' || c == '_' || c == ':' || c == '%';
  });
}

}  // namespace

std::string Address::text() const { return fmt::format("{}:{}", in_brackets(host), port); }

std::string Address::endpoint() const { return "tcp://" + text(); }

Result<Address> parse_address(std::string_view text, const AddressForm& form) {
  Address address;
  std::string_view port;
  bool has_port = false;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return fail(fmt::format("'{}' lacks a ']'", text));
    address.host = text.substr(1, close - 1);
    if (!is_ipv6(address.host))
      return fail(fmt::format("'{}': no IPv6 address is in the brackets", text));
    const std::string_view rest = text.substr(close + 1);
    if (!rest.empty() && rest[0] != ':') return fail(fmt::format("'{}' must be [IPV6]:PORT", text));
    has_port = !rest.empty();
    if (has_port) port = rest.substr(1);
  } else if (std::ranges::count(text, ':') > 1) {
    address.host = text;
    if (!is_ipv6(address.host))
      return fail(fmt::format(
          "'{}' is no address: with more than one ':' it must be IPv6; give HOST, HOST:PORT or "
          "[IPV6]:PORT, and ',' between two",
          text));
  } else {
    const auto colon = text.find(':');
    address.host = text.substr(0, colon);
    has_port = colon != std::string_view::npos;
    if (has_port) port = text.substr(colon + 1);
  }
  if (!legal_host(address.host))
    return fail(fmt::format("'{}' is no address: give HOST, HOST:PORT or [IPV6]:PORT", text));
  if (!has_port) {
    if (!form.default_port)
      return fail(fmt::format("'{}' lacks a port: give {}:PORT", text, in_brackets(address.host)));
    address.port = *form.default_port;
    return address;
  }
  const auto number = parse_port(port, form.may_be_zero);
  if (!number) return tl::unexpected(number.error());
  address.port = *number;
  return address;
}

bool is_numeric(const Address& address) {
  in_addr number{};
  return is_ipv6(address.host) || inet_pton(AF_INET, address.host.c_str(), &number) == 1;
}

Result<std::vector<Address>> resolve_all(const Address& address) {
  const auto list = look_up(address);
  if (!list) return tl::unexpected(list.error());
  std::vector<Address> all;
  for (const addrinfo* one = list->get(); one != nullptr; one = one->ai_next) {
    auto numeric = numeric_form(address, *one);
    if (!numeric) return tl::unexpected(numeric.error());
    if (std::ranges::count(all, *numeric) == 0) all.push_back(*std::move(numeric));
  }
  // Not std::stable_partition: libstdc++ 12 has it warn of itself with clang.
  std::vector<Address> sorted;
  for (const bool wants_ipv6 : {false, true})
    std::ranges::copy_if(all, std::back_inserter(sorted),
                         [&](const Address& one) { return is_ipv6(one.host) == wants_ipv6; });
  return sorted;
}

std::string unmapped(std::string_view numeric_host) {
  constexpr std::string_view kMapped = "::ffff:";
  const bool is_mapped =
      numeric_host.starts_with(kMapped) && numeric_host.find('.') != std::string_view::npos;
  return std::string(is_mapped ? numeric_host.substr(kMapped.size()) : numeric_host);
}

bool is_loopback(const Address& numeric) {
  return numeric.host == "::1" || numeric.host.starts_with("127.");
}

}  // namespace mandel
