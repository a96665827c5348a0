// See fingerprint.h.
#include "common/base/fingerprint.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <new>
#ifdef MANDEL_XXHASH_DISPATCH
#include <xxh_x86dispatch.h>  // gives XXH3's functions new names
#else
#include <xxhash.h>
#endif

namespace mandel {
namespace {

static_assert(std::endian::native == std::endian::little,
              "counts travel and are hashed as they lie in memory, little-endian");

constexpr std::size_t kBlock = 4096;  // counts: 16 KiB, half of the smallest first cache

class Hash {
 public:
  Hash() : state_(XXH3_createState()) {
    if (state_ == nullptr) throw std::bad_alloc();
    XXH3_128bits_reset(state_);
  }
  ~Hash() { XXH3_freeState(state_); }
  Hash(const Hash&) = delete;
  Hash& operator=(const Hash&) = delete;
  void update(std::span<const std::uint32_t> counts) {
    XXH3_128bits_update(state_, counts.data(), counts.size_bytes());
  }
  XXH128_hash_t finish() const { return XXH3_128bits_digest(state_); }

 private:
  XXH3_state_t* state_;
};

struct Tally {
  std::uint64_t sum = 0;
  std::uint32_t beyond = 0;  // its highest bit: has any count been beyond the limit?

  // Of a block. Additions of 32 bits, which every CPU has as vectors: halves of so few can't
  // overflow. A count is beyond a limit of 31 bits if it has the 32nd itself or the difference has.
  void add(std::span<const std::uint32_t> counts, std::uint32_t greatest) {
    static_assert(kBlock * 0xffff < UINT32_MAX);
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    std::uint32_t bits = 0;
    for (const std::uint32_t count : counts) {
      low += count & 0xffff;
      high += count >> 16;
      bits |= (greatest - count) | count;
    }
    sum += low + (std::uint64_t{high} << 16);
    beyond |= bits;
  }
};

}  // namespace

Inspected inspect(std::span<const std::uint32_t> counts, std::uint32_t limit) {
  Tally tally;
  XXH128_hash_t hash{};
  if (counts.size() <= kBlock) {
    tally.add(counts, limit - 1);
    hash = XXH3_128bits(counts.data(), counts.size_bytes());
  } else {
    Hash parts;
    for (auto rest = counts; !rest.empty();) {
      const auto block = rest.first(std::min(rest.size(), kBlock));
      parts.update(block);
      tally.add(block, limit - 1);
      rest = rest.subspan(block.size());
    }
    hash = parts.finish();
  }
  return {{tally.sum, hash.low64, hash.high64}, tally.beyond >> 31 == 0};
}

Fingerprint fingerprint(std::span<const std::uint32_t> counts) {
  return inspect(counts, std::uint32_t{1} << 31).print;
}

}  // namespace mandel
