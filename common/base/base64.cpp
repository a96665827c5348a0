// See base64.h.
#include "common/base/base64.h"

#include <climits>
#include <openssl/evp.h>
#include <utility>

#include "common/base/error.h"

namespace mandel {

std::string base64(std::string_view bytes) {
  MANDEL_ASSERT(bytes.size() <= INT_MAX);
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL ends it with a zero
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                  reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  text.pop_back();
  return text;
}

// OpenSSL counts what fills the end up as bytes, and forgives much, so it is asked for the text
// again.
std::optional<std::string> from_base64(std::string_view text) {
  MANDEL_ASSERT(text.size() <= INT_MAX);
  const std::size_t fill = text.size() - (text.find_last_not_of('=') + 1);
  std::string bytes(text.size() / 4 * 3, '\0');
  const int count = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                    reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()));
  if (count != static_cast<int>(bytes.size()) || fill > bytes.size()) return std::nullopt;
  bytes.resize(bytes.size() - fill);
  return base64(bytes) == text ? std::optional(std::move(bytes)) : std::nullopt;
}

}  // namespace mandel
