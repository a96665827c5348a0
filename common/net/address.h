// Where a worker is, as people write it: HOST, HOST:PORT, [IPV6]:PORT. Parsed once, here, so that
// every option and message shows and understands the same form.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"

namespace mandel {

inline constexpr std::uint16_t kDefaultPort = 5755;

struct Address {
  std::string host;  // a name or a numeric address, without brackets
  std::uint16_t port = kDefaultPort;

  bool operator==(const Address&) const = default;
  std::string text() const;      // HOST:PORT, or [IPV6]:PORT
  std::string endpoint() const;  // the same, as ZeroMQ wants it
};

// Port 0 is allowed (the system picks one) if `port_zero_ok`, as it makes sense to a listener only.
Result<Address> parse_address(std::string_view text, bool port_zero_ok = false);

// Is its host a number already, which nobody has to look up?
bool is_numeric(const Address& address);

// All numeric addresses of a name, each once, IPv4 before IPv6: workers listen there by default,
// and "localhost" is often given as ::1 first. Fails with the resolver's own words. May take as
// long as DNS does: a loop uses a Resolver instead.
Result<std::vector<Address>> resolve_all(const Address& address);

// A socket that takes both families shows IPv4 as ::ffff:10.0.0.7; without that prefix.
std::string unmapped(std::string_view numeric_host);

// Of a numeric address: can only this machine reach it?
bool is_loopback(const Address& numeric);

}  // namespace mandel
