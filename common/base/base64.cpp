// See base64.h.
#include "common/base/base64.h"

#include <climits>
#include <openssl/evp.h>

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

}  // namespace mandel
