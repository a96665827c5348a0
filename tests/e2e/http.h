// A client of the daemons' web servers: bytes over a bare TCP connection, since no library would
// send what a hostile one does.
#pragma once

#include <string>

namespace mandel::e2e {

// A connection to HOST:PORT on loopback.
int http_connection(const std::string& address);
// All that a server answers to these bytes, until it closes.
std::string http_answer(const std::string& address, const std::string& bytes);

}  // namespace mandel::e2e
