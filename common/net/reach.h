// Why does nothing come of an address? For the one sentence that a user gets when a worker never
// came; mandel-master doctor looks closer.
#pragma once

#include <string>

#include "common/net/address.h"
#include "common/net/zmtp_probe.h"

namespace mandel {

// Tries a TCP connection to a numeric address, and whether it is greeted, for up to `timeout_ms`
// each, and says, as a half sentence, what happened and what to do. `with_keys`: is that how this
// process wants to speak?
std::string diagnose(const Address& numeric, bool with_keys, int timeout_ms);

// The same from what was seen: the errno of a connection that did not come about, or the greeting.
std::string why_not_dialled(const Address& numeric, int error);
// The other end does as to keys what this one does not; `with_keys`: this one uses them.
const char* why_unlike(bool with_keys);
std::string why_not_spoken_to(const Greeting& greeting, bool with_keys);

}  // namespace mandel
