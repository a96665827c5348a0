// What proves that counts arrived as they left: the sum (the tutorial's own check, and what a
// person compares) and a 128-bit hash, since a sum alone forgives errors that cancel. XXH3 runs at
// memory speed (with the widest vectors that the CPU has, which xxhash's dispatcher finds); a
// cryptographic hash would cost more than the kernel on cheap pixels, and would prove no more: the
// peer that computes the counts also computes the hash.
#pragma once

#include <cstdint>
#include <span>

namespace mandel {

struct Fingerprint {
  std::uint64_t sum = 0;
  std::uint64_t hash_low = 0;  // XXH3-128 of the counts as little-endian bytes
  std::uint64_t hash_high = 0;

  bool operator==(const Fingerprint&) const = default;
};

Fingerprint fingerprint(std::span<const std::uint32_t> counts);

// The same, and whether all counts are below `limit` (1 to 2^31). In one pass over memory, which is
// what most of the time goes into: a block is hashed, added up and compared while it is in the
// cache.
struct Inspected {
  Fingerprint print;
  bool is_below = true;
};
Inspected inspect(std::span<const std::uint32_t> counts, std::uint32_t limit);

}  // namespace mandel
