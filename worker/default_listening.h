// Where a worker listens that was not told. A desk's worker is there for other machines, so it
// listens to the network as soon as a key protects it, and to its own machine only until then: it
// must not compute for strangers just because nobody thought of them.
#pragma once

#include <optional>
#include <string>

#include "common/keys/key_ring.h"
#include "common/net/address.h"

namespace mandel {

struct DefaultListening {
  Address address;                   // numeric; [::] takes IPv4 as well
  std::optional<KeyRing> keys = {};  // whom it admits; nothing: all of this machine
  std::string remark;                // why there, and what to do; a sentence for the user
};

// `has_ipv6`: can this machine listen to it?
DefaultListening default_listening(const Credentials& credentials, bool has_ipv6);

// "0.0.0.0:5755 and [::]:5755" for the one that is both.
std::string in_words(const Address& listening);

}  // namespace mandel
