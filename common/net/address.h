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

// A comma-separated list of addresses and expressions like desk[01-16] (host_expression.h), at
// least one, no address twice.
Result<std::vector<Address>> parse_addresses(std::string_view text);

// The numeric form of a name, IPv4 where it has both; fails with the resolver's own words. May take
// as long as DNS does.
Result<Address> resolve(const Address& address);

// All numeric addresses of a name, each once and in the order of their text.
Result<std::vector<Address>> resolve_all(const Address& address);

// Of a numeric address: can only this machine reach it?
bool is_loopback(const Address& numeric);

}  // namespace mandel
