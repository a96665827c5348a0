// See counts_sha256.h.
#include "tests/bench/counts_sha256.h"

#include <array>
#include <bit>
#include <openssl/evp.h>
#include <stdexcept>

static_assert(std::endian::native == std::endian::little,
              "counts are hashed as they lie in memory");

namespace mandel {

std::string counts_sha256(std::span<const std::uint32_t> counts) {
  std::array<unsigned char, 32> digest;
  if (EVP_Digest(counts.data(), counts.size_bytes(), digest.data(), nullptr, EVP_sha256(),
                 nullptr) != 1)
    throw std::runtime_error("SHA-256 is not available in this OpenSSL");
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

}  // namespace mandel
