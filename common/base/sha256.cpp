// See sha256.h.
#include "common/base/sha256.h"

#include <array>
#include <fmt/format.h>
#include <openssl/evp.h>

#include "common/base/error.h"

namespace mandel {

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  MANDEL_ASSERT(EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) == 1);
}

Sha256::~Sha256() = default;

void Sha256::update(std::span<const std::byte> bytes) {
  MANDEL_ASSERT(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
}

std::string Sha256::finish() {
  std::array<unsigned char, 32> digest{};
  MANDEL_ASSERT(EVP_DigestFinal_ex(state_->context, digest.data(), nullptr) == 1);
  return fmt::format("{:02x}", fmt::join(digest, ""));
}

std::string counts_sha256(std::span<const std::uint32_t> counts) {
  Sha256 hash;
  hash.update(std::as_bytes(counts));
  return hash.finish();
}

bool is_sha256(std::string_view text) {
  constexpr std::size_t kDigits = 64;
  return text.size() == kDigits && text.find_first_not_of("0123456789abcdef") == text.npos;
}

}  // namespace mandel
