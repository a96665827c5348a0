// See fingerprint.h.
#include "common/base/fingerprint.h"

#include <bit>
#include <numeric>
#include <xxhash.h>

namespace mandel {

static_assert(std::endian::native == std::endian::little,
              "counts travel and are hashed as they lie in memory, little-endian");

Fingerprint fingerprint(std::span<const std::uint32_t> counts) {
  const XXH128_hash_t hash = XXH3_128bits(counts.data(), counts.size_bytes());
  return {std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}), hash.low64, hash.high64};
}

}  // namespace mandel
