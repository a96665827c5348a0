// Bytes as text, for pages that carry their data inside (RFC 4648). OpenSSL does it, which is here
// for SHA-256 anyway.
#pragma once

#include <string>
#include <string_view>

namespace mandel {

std::string base64(std::string_view bytes);

}  // namespace mandel
