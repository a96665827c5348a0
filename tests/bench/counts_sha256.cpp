// See counts_sha256.h.
#include "tests/bench/counts_sha256.h"

#include <bit>

#include "common/sha256.h"

static_assert(std::endian::native == std::endian::little,
              "counts are hashed as they lie in memory");

namespace mandel {

std::string counts_sha256(std::span<const std::uint32_t> counts) {
  Sha256 hash;
  hash.update(std::as_bytes(counts));
  return hash.finish();
}

}  // namespace mandel
