// See hash_text.h.
#include "common/base/hash_text.h"

#include <fmt/format.h>
#include <xxhash.h>

namespace mandel {

std::string hash_text(std::span<const std::byte> bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace mandel
