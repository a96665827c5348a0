// Why does nothing answer at an address? For the one sentence that a user gets when a worker never
// came; mandel-master doctor looks closer.
#pragma once

#include <string>

#include "common/net/address.h"

namespace mandel {

// Tries a TCP connection, and whether it is greeted, for up to `timeout_ms` each, and says, as a
// half sentence, what happened and what to do.
std::string diagnose(const Address& address, int timeout_ms);

}  // namespace mandel
