// Bytes as text, for pages and lines that carry their data inside (RFC 4648). OpenSSL does it,
// which is here for SHA-256 anyway.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mandel {

std::string base64(std::string_view bytes);

// Nothing if it is not what base64() gives.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace mandel
