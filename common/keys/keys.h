// The keys by which machines know each other: CURVE key pairs, as ZeroMQ makes them and writes them
// down (Z85, 40 characters), in small files. Not certificates: between a few desks somebody copies
// a line, as with ssh, and there is nobody to sign anything.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/error.h"

namespace mandel {

inline constexpr std::size_t kKeyLength = 40;

struct KeyPair {
  std::string public_key;
  std::string secret_key;
  std::string name;  // for people: whose it is
};

// What the end that dials needs: its own key, which proves who it is, and the key that it expects
// at the other end, since CURVE's client has to know the server's before it calls. The server asks
// its Gate about the keys that come.
struct Curve {
  KeyPair own;
  std::string peer;  // public
};

// How the other end may be spoken to.
struct Security {
  std::optional<Curve> curve;  // nothing: there are no keys for it
  bool may_be_plain = true;
};

KeyPair make_key_pair(std::string name);

// Is it written like a key?
bool is_key(std::string_view text);

// 20 hex digits of the key's SHA-256, in groups of 4: short enough to read out on the telephone.
std::string short_fingerprint(std::string_view public_key);

// "KEY NAME FINGERPRINT", a line for the lists of others (see TrustList).
std::string public_line(const KeyPair& pair);

// Of a private file: it is an error if anyone but its owner can read it.
Result<KeyPair> read_key_pair(const std::string& path);
// Mode 0600; a file that is there already is an error.
Result<void> write_key_pair(const std::string& path, const KeyPair& pair, std::string_view remark);

}  // namespace mandel
