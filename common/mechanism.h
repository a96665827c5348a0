// What a listening ZeroMQ socket says of itself to whoever connects: whether it speaks plain or
// with keys. libzmq does not tell those whom it hangs up on for having chosen the other; so it is
// read off the wire.
#pragma once

#include <string>

namespace mandel {

// "NULL" (plain) or "CURVE"; empty if the other end is no ZeroMQ socket, or says nothing for
// `timeout_ms`. `connection` is a TCP connection on which nothing was said yet.
std::string mechanism_of(int connection, int timeout_ms);

}  // namespace mandel
