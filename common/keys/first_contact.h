// The key that a worker offers to those who don't know it yet, asked for by UDP (see discovery.h),
// since CURVE's client has to know it before it can greet. Anybody could answer (trust on first
// use): a person has to compare the fingerprint, or to trust the network this once.
#pragma once

#include <string>

#include "common/base/error.h"
#include "common/net/address.h"

namespace mandel {

// Asks the worker that listens there, a few times, for up to a second.
Result<std::string> offered_key(const Address& numeric);

}  // namespace mandel
