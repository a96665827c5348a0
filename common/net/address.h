// Where somebody listens, as people write it: HOST:PORT, [IPV6]:PORT, and HOST alone where there is
// a port that everybody knows. Parsed once, here, so that every option and message shows and
// understands the same form.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"

namespace mandel {

inline constexpr std::uint16_t kDefaultPort = 5755;  // a worker's

struct Address {
  std::string host;  // a name or a numeric address, without brackets
  std::uint16_t port = kDefaultPort;

  bool operator==(const Address&) const = default;
  std::string text() const;      // HOST:PORT, or [IPV6]:PORT
  std::string endpoint() const;  // the same, as ZeroMQ wants it
};

struct AddressForm {
  std::optional<std::uint16_t> default_port = kDefaultPort;  // nothing: the text must name one
  bool may_be_zero = false;  // the port, and the system picks one: of a listener only
};
Result<Address> parse_address(std::string_view text, const AddressForm& form = {});

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
